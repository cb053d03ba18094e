import { Size, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';

/** Memory that RDS's own formula for `max_connections` gives to each connection. */
const MIB_PER_CONNECTION = 12;
/** Share of the machine's memory that MySQL gets; the rest is the operating system's and RDS's own. */
const MYSQL_SHARE_OF_MEMORY = 0.9;
const MIN_GIB = 20;
const MAX_GIB = 65_536;
/** Below it the included IOPS would exceed the 50 per GiB that a cluster may have. */
const MIN_CLUSTER_GIB = 100;
/** Below this size gp3 has a fixed 3,000 IOPS; from here on RDS stripes volumes, and 12,000 is included. */
const STRIPED_FROM_GIB = 400;
const MIN_IOPS = 12_000;
const MAX_IOPS = 64_000;

/** Memory of an instance class, in GiB; what is not a class of MySQL is refused. */
export function memoryOf(scope: Construct, instanceType: ec2.InstanceType): number {
  const name = instanceType.toString();
  const match = /^(t3|t4g|[mr][5-8][a-z]{0,3})\.(micro|small|medium|large|(\d*)xlarge)$/.exec(name);
  const burstable = name.startsWith('t');
  const sizes: Record<string, number> = burstable
    ? { micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1 }
    : { large: 1 };
  const factor = match && (match[2].endsWith('xlarge') ? 2 * Number(match[3] || 1) : sizes[match[2]]);
  if (!factor) {
    throw invalid(
      scope,
      `'instanceType' must be a t3, t4g, m5 to m8 or r5 to r8 class that RDS offers for MySQL, got '${name}'`,
    );
  }
  return factor * (name.startsWith('r') ? 16 : 8);
}

/** Classes with a disk of their own, where a cluster of readable standbys writes first. */
export function validateClusterClass(scope: Construct, instanceType: ec2.InstanceType): void {
  const name = instanceType.toString();
  if (!/^[mr][5-8][gi]?dn?\./.test(name)) {
    throw invalid(
      scope,
      `'instanceType' must be a class with a disk of its own, such as m6gd.large, with DatabaseStandby.readable(), got '${name}'`,
    );
  }
}

/** Connections that fit into the memory of an instance, by the formula RDS itself uses. */
export function connectionsFor(memoryGib: number): number {
  return Math.floor((memoryGib * 1024 * MYSQL_SHARE_OF_MEMORY) / MIB_PER_CONNECTION);
}

export function validateMaxConnections(scope: Construct, value: number, instanceType: ec2.InstanceType): void {
  if (Token.isUnresolved(value)) {
    return;
  }
  const limit = connectionsFor(memoryOf(scope, instanceType));
  if (!Number.isInteger(value) || value < 10 || value > limit) {
    throw invalid(
      scope,
      `'maxConnections' must be a whole number of 10 to ${limit} on ${instanceType.toString()} (${MIB_PER_CONNECTION} MiB of memory each), got ${value}; take a larger 'instanceType' for more`,
    );
  }
}

/** Refuses a fleet that at its largest would wait for connections. */
export function validatePeakConnections(scope: Construct, peak: number | undefined, limit: number): void {
  if (peak === undefined || Token.isUnresolved(peak) || Token.isUnresolved(limit)) {
    return;
  }
  if (!Number.isInteger(peak) || peak < 1 || peak > limit) {
    throw invalid(
      scope,
      `'peakConnections' must be a whole number of 1 to ${limit}, which is what services may have of 'maxConnections', got ${peak}; take a larger 'instanceType', or fewer or smaller pools in the services`,
    );
  }
}

export interface Storage {
  readonly allocated: Size;
  /** What it may grow to by itself; left out where it cannot. */
  readonly limit?: Size;
  readonly iops?: number;
}

/** What gp3 includes, which CloudFormation wants to be told for a cluster. */
export function includedIops(allocated: Size): number {
  return allocated.isUnresolved() || allocated.toGibibytes() < STRIPED_FROM_GIB ? 3000 : MIN_IOPS;
}

/** A cluster's storage begins larger, and stays as large as it was asked for. */
export function validateClusterStorage(scope: Construct, allocated: Size, growth: Size | undefined): void {
  if (growth !== undefined) {
    throw invalid(
      scope,
      `'maxAllocatedStorage' cannot be given with DatabaseStandby.readable(), whose storage RDS does not enlarge; leave it out and choose 'allocatedStorage' for years`,
    );
  }
  if (!allocated.isUnresolved() && allocated.toBytes() < MIN_CLUSTER_GIB * 2 ** 30) {
    throw invalid(
      scope,
      `'allocatedStorage' must be at least ${MIN_CLUSTER_GIB} GiB with DatabaseStandby.readable(), got ${allocated.toBytes() / 2 ** 30} GiB`,
    );
  }
}

/** Refuses what gp3 storage of MySQL cannot be. */
export function validateStorage(scope: Construct, storage: Storage): void {
  const allocated = wholeGib(scope, 'allocatedStorage', storage.allocated);
  const limit = storage.limit && wholeGib(scope, 'maxAllocatedStorage', storage.limit);
  if (allocated !== undefined && limit !== undefined && limit < allocated * 1.1) {
    throw invalid(
      scope,
      `'maxAllocatedStorage' must be at least a tenth above the ${allocated} GiB of 'allocatedStorage', got ${limit} GiB`,
    );
  }
  validateIops(scope, allocated, storage.iops);
}

function wholeGib(scope: Construct, prop: string, size: Size): number | undefined {
  if (size.isUnresolved()) {
    return undefined;
  }
  const gib = size.toBytes() / 2 ** 30;
  if (!Number.isInteger(gib) || gib < MIN_GIB || gib > MAX_GIB) {
    throw invalid(scope, `'${prop}' must be ${MIN_GIB} to ${MAX_GIB} whole GiB, got ${gib} GiB`);
  }
  return gib;
}

function validateIops(scope: Construct, allocatedGib: number | undefined, iops: number | undefined): void {
  if (iops === undefined || Token.isUnresolved(iops)) {
    return;
  }
  if (allocatedGib !== undefined && allocatedGib < STRIPED_FROM_GIB) {
    throw invalid(
      scope,
      `'iops' cannot be chosen below ${STRIPED_FROM_GIB} GiB of 'allocatedStorage', where gp3 always has 3000, got ${iops} on ${allocatedGib} GiB; leave it out or allocate more`,
    );
  }
  if (!Number.isInteger(iops) || iops < MIN_IOPS || iops > MAX_IOPS) {
    throw invalid(scope, `'iops' must be a whole number of ${MIN_IOPS} to ${MAX_IOPS}, got ${iops}`);
  }
}

/** Room for growth by default, within what gp3 can be. */
export function fiveTimes(storage: Size): Size {
  return storage.isUnresolved()
    ? storage
    : Size.gibibytes(Math.min(MAX_GIB, Math.floor(storage.toBytes() / 2 ** 30) * 5));
}

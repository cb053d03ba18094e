import { Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import * as ipaddr from 'ipaddr.js';
import { invalid } from '../private/errors';
import { isIpv6, prefixOf, problemOf } from './any-cidr';
import type { DeniedPortOptions } from './platform-security-group';

/** Administration and databases: whoever needs them comes by Session Manager, a VPN or a security group. */
const NEVER_PUBLIC = [22, 3306, 3389];
/** Ranges as wide as these hold half the internet, whatever is left out. */
const WORLD = { ipv4: 8, ipv6: 16 };

interface Ports {
  /** `-1` is every protocol. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
export function validateDescription(scope: IConstruct, description: string): void {
  if (!Token.isUnresolved(description) && !/^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]{2,255}$/.test(description)) {
    throw invalid(
      scope,
      `'description' must be 2 to 255 characters of a-z, A-Z, 0-9, blanks and ._-:/()#,@[]+=&;{}!$*, got '${description}'; say what it is for`,
    );
  }
}

export function validateCidr(scope: IConstruct, cidr: string): void {
  const problem = problemOf(cidr);
  if (problem) {
    throw invalid(scope, `'cidr' ${problem}, got ${cidr}`);
  }
}

export function validateWorld(scope: IConstruct, cidr: string, port: ec2.Port): void {
  const prefix = prefixOf(cidr);
  if (prefix === undefined || prefix >= (isIpv6(cidr) ? WORLD.ipv6 : WORLD.ipv4)) {
    return;
  }
  const ports = portsOf(port);
  const open = NEVER_PUBLIC.find((it) => ['tcp', '-1'].includes(ports.protocol) && it >= ports.from && it <= ports.to);
  if (open !== undefined) {
    throw invalid(
      scope,
      `'port' must not open ${NEVER_PUBLIC.join(', ')} to the world, got ${port.toString()} from ${cidr}, which holds ${open}; use Session Manager, a VPN or a security group`,
    );
  }
}

/** What rules of a group must not let in. */
export class Denials {
  constructor(
    private readonly scope: IConstruct,
    private readonly denied: readonly DeniedPortOptions[],
  ) {
    for (const { cidr, description } of denied) {
      validateCidr(scope, cidr);
      validateDescription(scope, description);
    }
  }

  public validate(cidr: string, port: ec2.Port): void {
    const broken = this.denied.find((denial) => sharesAddress(denial.cidr, cidr) && sharesPort(denial.port, port));
    if (broken) {
      throw invalid(
        this.scope,
        `'port' must not open what 'denied' closes, got ${port.toString()} from ${cidr}, which holds ${broken.port.toString()} from ${broken.cidr} (${broken.description}); narrow one of the two, or deny the range in the network ACLs with 'deniedCidrs'`,
      );
    }
  }
}

function sharesAddress(a: string, b: string): boolean {
  if (Token.isUnresolved(a) || Token.isUnresolved(b)) {
    return false;
  }
  const [addressA, prefixA] = ipaddr.parseCIDR(a);
  const [addressB, prefixB] = ipaddr.parseCIDR(b);
  return addressA.kind() === addressB.kind() && addressA.match(addressB, Math.min(prefixA, prefixB));
}

function sharesPort(a: ec2.Port, b: ec2.Port): boolean {
  const [one, two] = [portsOf(a), portsOf(b)];
  const sameProtocol = one.protocol === '-1' || two.protocol === '-1' || one.protocol === two.protocol;
  return sameProtocol && one.from <= two.to && two.from <= one.to;
}

/** Protocols without ports, and ICMP, whose types stand in their place, count as every port; tokens as none. */
function portsOf(port: ec2.Port): Ports {
  const { ipProtocol, fromPort, toPort } = port.toRuleJson();
  const protocol = String(ipProtocol);
  if (fromPort === undefined || !['tcp', 'udp'].includes(protocol)) {
    return { protocol, from: 0, to: 65535 };
  }
  return Token.isUnresolved(fromPort) || Token.isUnresolved(toPort)
    ? { protocol, from: -1, to: -1 }
    : { protocol, from: fromPort, to: toPort };
}

import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { invalid } from '../private/errors';
import { isIpv4, isIpv6, pointerName } from './reverse';

/** Names of machines inside the VPC, forward and reverse, so that the two cannot disagree. */
export class HostRecords {
  private readonly pointers = new Set<string>();

  constructor(
    private readonly scope: Construct,
    private readonly zone: route53.IPrivateHostedZone,
    private readonly reverseZones: route53.PrivateHostedZone[],
  ) {}

  /** Checks all addresses before it defines anything. */
  public zonesOf(hostName: string, addresses: string[]): Map<string, route53.PrivateHostedZone> {
    if (addresses.length === 0) {
      throw invalid(this.scope, `'${hostName}' needs at least one address`);
    }
    return new Map(addresses.map((address) => [address, this.reverseZoneOf(hostName, address)]));
  }

  public define(namespace: Construct, hostName: string, zones: Map<string, route53.PrivateHostedZone>): void {
    const addresses = [...zones.keys()];
    const forward = { zone: this.zone, recordName: `${hostName}.` };
    for (const [Record, id, values] of [
      [route53.ARecord, 'A', addresses.filter(isIpv4)],
      [route53.AaaaRecord, 'AAAA', addresses.filter(isIpv6)],
    ] as const) {
      if (values.length > 0) {
        new Record(namespace, id, { ...forward, target: route53.RecordTarget.fromIpAddresses(...values) });
      }
    }
    const pointers = new Construct(namespace, 'Ptr');
    for (const [address, zone] of zones) {
      new route53.RecordSet(pointers, address, {
        zone,
        recordType: route53.RecordType.PTR,
        recordName: `${pointerName(address)}.`,
        target: route53.RecordTarget.fromValues(`${hostName}.`),
      });
    }
  }

  private reverseZoneOf(hostName: string, address: string): route53.PrivateHostedZone {
    if (!isIpv4(address) && !isIpv6(address)) {
      throw invalid(this.scope, `the address of '${hostName}' must be an IPv4 or IPv6 address, got '${address}'`);
    }
    const pointer = pointerName(address);
    const [zone] = this.reverseZones
      .filter(({ zoneName }) => pointer === zoneName || pointer.endsWith(`.${zoneName}`))
      .sort((a, b) => b.zoneName.length - a.zoneName.length);
    if (!zone) {
      throw invalid(
        this.scope,
        `the address of '${hostName}', ${address}, is in no reverse zone; add its network to 'reverseCidrs'`,
      );
    }
    if (this.pointers.has(pointer)) {
      throw invalid(this.scope, `the address ${address} has a name already; one address, one PTR record`);
    }
    this.pointers.add(pointer);
    return zone;
  }
}

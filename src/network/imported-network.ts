import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { parseNetwork } from '../private/cidr';
import { invalid } from '../private/errors';
import type { ChargingPlatformNetworkAttributes, IChargingPlatformNetwork } from './network-attributes';

/** A network that exists already; nothing is defined. */
export class ImportedNetwork extends Construct implements IChargingPlatformNetwork {
  public readonly vpc: ec2.IVpc;
  public readonly egressAddresses: string[];

  constructor(scope: Construct, id: string, attributes: ChargingPlatformNetworkAttributes) {
    super(scope, id);
    this.validate(attributes);
    this.egressAddresses = attributes.egressAddresses ?? [];
    this.vpc = ec2.Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: attributes.vpcId,
      vpcCidrBlock: attributes.vpcCidr,
      availabilityZones: attributes.availabilityZones,
      publicSubnetIds: attributes.publicSubnetIds,
      publicSubnetIpv4CidrBlocks: attributes.publicSubnetCidrs,
      publicSubnetRouteTableIds: attributes.publicRouteTableIds,
      privateSubnetIds: attributes.privateSubnetIds,
      privateSubnetIpv4CidrBlocks: attributes.privateSubnetCidrs,
      privateSubnetRouteTableIds: attributes.privateRouteTableIds,
      isolatedSubnetIds: attributes.dataSubnetIds,
      isolatedSubnetRouteTableIds: attributes.dataRouteTableIds,
    });
  }

  private validate(attributes: ChargingPlatformNetworkAttributes): void {
    if (!Token.isUnresolved(attributes.vpcId) && !/^vpc-[0-9a-f]{8,17}$/.test(attributes.vpcId)) {
      throw invalid(
        this,
        `'vpcId' must be the id of a VPC, such as vpc-0a1b2c3d4e5f60718, got ${attributes.vpcId}; ec2.Vpc.fromLookup finds one by name`,
      );
    }
    const network = Token.isUnresolved(attributes.vpcCidr) ? undefined : parseNetwork(attributes.vpcCidr);
    if (typeof network === 'string') {
      throw invalid(this, `'vpcCidr' ${network}, got ${attributes.vpcCidr}`);
    }
    const zones = attributes.availabilityZones.length;
    if (zones < 2) {
      throw invalid(
        this,
        `'availabilityZones' must name two zones or more, got ${zones}; load balancers and databases need two`,
      );
    }
    this.validateCounts(attributes, zones);
  }

  private validateCounts(attributes: ChargingPlatformNetworkAttributes, zones: number): void {
    const lists: [string, string[] | undefined][] = [
      ['publicSubnetIds', attributes.publicSubnetIds],
      ['publicSubnetCidrs', attributes.publicSubnetCidrs],
      ['publicRouteTableIds', attributes.publicRouteTableIds],
      ['privateSubnetIds', attributes.privateSubnetIds],
      ['privateSubnetCidrs', attributes.privateSubnetCidrs],
      ['privateRouteTableIds', attributes.privateRouteTableIds],
      ['dataSubnetIds', attributes.dataSubnetIds],
      ['dataRouteTableIds', attributes.dataRouteTableIds],
    ];
    for (const [prop, list] of lists) {
      if (list && list.length !== zones) {
        throw invalid(
          this,
          `'${prop}' must have one entry per zone, ${zones}, in the order of 'availabilityZones', got ${list.length}`,
        );
      }
    }
  }
}

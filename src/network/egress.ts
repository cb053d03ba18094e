import { RemovalPolicy, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import * as ipaddr from 'ipaddr.js';
import { invalid } from '../private/errors';
import type { ElasticIpAttributes, NatStrategy } from './nat-strategy';
import { RegionalNatProvider } from './regional-nat-provider';

/** Where the metrics of one gateway, or of one zone of a regional gateway, are found. */
export type NatDimensions = Record<string, string>;

/** The way out of private subnets: gateways, their addresses and where their metrics are. */
export class Egress {
  public readonly addresses: string[];
  public readonly provider: ec2.NatProvider;
  /** Number of gateways as the CDK's VPC counts them. */
  public readonly gateways: number;
  private readonly regional: boolean;

  constructor(
    scope: Construct,
    strategy: NatStrategy,
    private readonly zones: string[],
  ) {
    const count = strategy._addressesFor(zones.length);
    validateElasticIps(scope, strategy._elasticIps, count);
    const elasticIps = strategy._elasticIps ?? allocate(scope, count);
    this.addresses = elasticIps.map(({ address }) => address);
    this.regional = strategy._regional;
    this.gateways = this.regional ? 1 : count;
    const allocationIds = elasticIps.map(({ allocationId }) => allocationId);
    this.provider = this.regional
      ? new RegionalNatProvider(zones, allocationIds)
      : ec2.NatProvider.gateway({ eipAllocationIds: allocationIds });
  }

  /** Known once the VPC is defined. A regional gateway reports each zone apart. */
  public get dimensions(): NatDimensions[] {
    const gateways = this.provider.configuredGateways.map(({ gatewayId }) => gatewayId);
    return this.regional
      ? this.zones.map((AvailabilityZone) => ({ NatGatewayId: gateways[0], AvailabilityZone }))
      : gateways.map((NatGatewayId) => ({ NatGatewayId }));
  }
}

function allocate(scope: Construct, count: number): ElasticIpAttributes[] {
  return Array.from({ length: count }, (_, index) => {
    const address = new ec2.CfnEIP(scope, `EgressAddress${index + 1}`, { domain: 'vpc' });
    // An address that partners allow-list must survive a mistake; one of a first deployment that failed need not.
    address.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    return { allocationId: address.attrAllocationId, address: address.attrPublicIp };
  });
}

function validateElasticIps(scope: Construct, elasticIps: ElasticIpAttributes[] | undefined, count: number): void {
  if (elasticIps === undefined) {
    return;
  }
  if (elasticIps.length !== count) {
    throw invalid(
      scope,
      `'elasticIps' must be as many as the strategy uses, ${count}, got ${elasticIps.length}; leave them out to have them allocated`,
    );
  }
  for (const { allocationId, address } of elasticIps) {
    if (!Token.isUnresolved(allocationId) && !/^eipalloc-[0-9a-f]{8,17}$/.test(allocationId)) {
      throw invalid(
        scope,
        `'allocationId' must be the id of an Elastic IP address, such as eipalloc-0a1b2c3d4e5f60718, got ${allocationId}; the VPC console shows it`,
      );
    }
    if (!Token.isUnresolved(address) && !ipaddr.IPv4.isValidFourPartDecimal(address)) {
      throw invalid(scope, `'address' must be an IPv4 address such as 203.0.113.20, got ${address}`);
    }
  }
  const ids = elasticIps.map(({ allocationId }) => allocationId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) {
    throw invalid(scope, `'elasticIps' must name each address once, got ${twice} twice`);
  }
}

import { Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { NetworkTier } from './network-tier';
import { SUBNET_TYPES } from './tier-filter';

/** Options of `ChargingPlatformNetwork.addPeering`. */
export interface PeeringOptions {
  /** The other VPC, of the same account and region. Its CIDR may not overlap this network's or another neighbour's. */
  readonly peerVpc: ec2.IVpc;
  /**
   * Tiers of this network that the peering joins: public, private or both. The data tier is never joined.
   * @default [NetworkTier.PUBLIC]
   */
  readonly tiers?: NetworkTier[];
  /**
   * Subnets of the other VPC whose route tables learn the way back. Of an imported VPC the route tables must be known.
   * @default - all subnets of the other VPC
   */
  readonly peerSubnets?: ec2.SubnetSelection;
}

export interface PeeringProps {
  readonly vpc: ec2.Vpc;
  readonly peerVpc: ec2.IVpc;
  readonly tiers: readonly NetworkTier[];
  readonly peerSubnets?: ec2.SubnetSelection;
}

/** A peering connection with routes on both sides. */
export class Peering extends Construct {
  public readonly peeringId: string;

  constructor(scope: Construct, id: string, props: PeeringProps) {
    super(scope, id);
    const { vpc, peerVpc } = props;
    const peerTables = this.routeTables(peerVpc, props.peerSubnets);
    const connection = new ec2.CfnVPCPeeringConnection(this, 'Connection', {
      vpcId: vpc.vpcId,
      peerVpcId: peerVpc.vpcId,
    });
    this.peeringId = connection.ref;
    for (const tier of props.tiers) {
      vpc.selectSubnets({ subnetType: SUBNET_TYPES[tier] }).subnets.forEach((subnet, zone) => {
        this.addRoute(`${tier}${zone + 1}`, subnet.routeTable.routeTableId, peerVpc.vpcCidrBlock);
      });
    }
    peerTables.forEach((table, index) => {
      this.addRoute(`Back${index + 1}`, table, vpc.vpcCidrBlock);
    });
  }

  private addRoute(id: string, routeTableId: string, destinationCidrBlock: string): void {
    new ec2.CfnRoute(this, id, { routeTableId, destinationCidrBlock, vpcPeeringConnectionId: this.peeringId });
  }

  private routeTables(peerVpc: ec2.IVpc, selection: ec2.SubnetSelection | undefined): string[] {
    const subnets = selection
      ? peerVpc.selectSubnets(selection).subnets
      : [...peerVpc.publicSubnets, ...peerVpc.privateSubnets, ...peerVpc.isolatedSubnets];
    const tables = subnets.map((subnet) => subnet.routeTable.routeTableId).filter((table) => table !== undefined);
    if (tables.length < subnets.length || tables.length === 0) {
      throw invalid(
        this,
        "'peerVpc' must know the route tables of its subnets, because the peering adds the way back to them; give the route table ids where it is imported, or choose others with 'peerSubnets'",
      );
    }
    return [...new Set(tables)];
  }
}

/** The CIDR of the other VPC where it is known at synth: an owned VPC tells only a reference to it. */
export function literalCidrOf(vpc: ec2.IVpc): string {
  const resource = vpc.node.defaultChild;
  return resource instanceof ec2.CfnVPC && resource.cidrBlock !== undefined ? resource.cidrBlock : vpc.vpcCidrBlock;
}

export function validateSameEnvironment(scope: Construct, peerVpc: ec2.IVpc): void {
  const here = Stack.of(scope);
  const differs = (a: string, b: string) => !Token.isUnresolved(a) && !Token.isUnresolved(b) && a !== b;
  if (differs(here.account, peerVpc.env.account) || differs(here.region, peerVpc.env.region)) {
    throw invalid(
      scope,
      `'peerVpc' must be of the network's account and region ${here.account}/${here.region}, got ${peerVpc.env.account}/${peerVpc.env.region}; for others define the peering with the CDK's CfnVPCPeeringConnection, which takes a role of the other account`,
    );
  }
}

import { Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { invalid } from '../private/errors';
import { nameOf } from './any-cidr';
import type { NetworkTier } from './network-tier';
import { PeeringDns } from './peering-dns';
import type { PeeringOptions } from './peering-options';
import { addPeeringRoute, fromElsewhere, routeTablesOf } from './peering-routes';
import { SUBNET_TYPES } from './planned-vpc';

export interface PeeringProps extends PeeringOptions {
  readonly vpc: ec2.Vpc;
  /** The VPC's own CIDR, to which the way back leads. */
  readonly cidr: string;
  readonly peerCidrs: string[];
  readonly tiers: NetworkTier[];
}

/** A peering connection with routes in the tiers and, where the other VPC is of this account and region, the way back. */
export class Peering extends Construct {
  public readonly peeringId: string;

  constructor(scope: Construct, id: string, props: PeeringProps) {
    super(scope, id);
    const { vpc, peerVpc } = props;
    const peerRegion = elsewhere(Stack.of(this).region, peerVpc.env.region);
    const hasWayBack = !(peerRegion || props.peerAccount);
    const peerTables = hasWayBack ? routeTablesOf(this, 'peerVpc', peerVpc, props.peerSubnets) : [];
    const connection = new ec2.CfnVPCPeeringConnection(this, 'Connection', {
      vpcId: vpc.vpcId,
      peerVpcId: fromElsewhere(this, peerVpc.vpcId),
      peerRegion,
      peerOwnerId: props.peerAccount,
      peerRoleArn: props.peerRole?.roleArn,
    });
    this.peeringId = connection.ref;
    props.peerCidrs.forEach((cidr, index) => {
      const destinationCidr = fromElsewhere(this, cidr);
      for (const tier of props.tiers) {
        vpc.selectSubnets({ subnetType: SUBNET_TYPES[tier] }).subnets.forEach((subnet, zone) => {
          const table = subnet.routeTable.routeTableId;
          addPeeringRoute(this, `${tier}${zone + 1}To${nameOf(cidr, index)}`, {
            table,
            destinationCidr,
            peeringId: this.peeringId,
          });
        });
      }
    });
    if (props.dnsResolution ?? false) {
      new PeeringDns(this, 'Dns', { peeringId: this.peeringId, requester: true, accepter: hasWayBack });
    }
    for (const { name, table } of peerTables) {
      addPeeringRoute(this, `Back${name}`, { table, destinationCidr: props.cidr, peeringId: this.peeringId });
    }
  }
}

/** The CIDR of the other VPC where it is known at synth: an owned VPC tells only a reference to it. */
export function literalCidrOf(vpc: ec2.IVpc): string {
  const resource = vpc.node.defaultChild;
  return resource instanceof ec2.CfnVPC && resource.cidrBlock !== undefined ? resource.cidrBlock : vpc.vpcCidrBlock;
}

export function validatePeering(
  scope: Construct,
  { peerVpc, peerAccount, peerRole, peerSubnets, peerCidrs }: PeeringOptions,
) {
  const here = Stack.of(scope);
  if (peerCidrs?.length === 0) {
    throw invalid(scope, "'peerCidrs' must name at least one range of the other VPC, got none");
  }
  if (peerAccount !== undefined && !Token.isUnresolved(peerAccount) && !/^\d{12}$/.test(peerAccount)) {
    throw invalid(scope, `'peerAccount' must be 12 digits, got ${peerAccount}`);
  }
  if (peerAccount !== undefined && peerAccount === here.account) {
    throw invalid(scope, `'peerAccount' must be another account than the network's, got ${peerAccount}; leave it out`);
  }
  const owner = elsewhere(here.account, peerVpc.env.account);
  if (owner && peerAccount === undefined) {
    throw invalid(
      scope,
      `'peerVpc' of another account must be imported with ec2.Vpc.fromVpcAttributes and its account told with 'peerAccount', got a VPC of ${owner}; references do not cross accounts`,
    );
  }
  if (peerAccount !== undefined && peerRole === undefined) {
    throw invalid(
      scope,
      `'peerRole' must be given for a VPC of another account, got none for ${peerAccount}; it is a role there that may accept the peering`,
    );
  }
  if (peerAccount === undefined && peerRole !== undefined) {
    throw invalid(
      scope,
      "'peerRole' must be left out without 'peerAccount', got a role; a peering within one account accepts itself",
    );
  }
  const region = elsewhere(here.region, peerVpc.env.region);
  if (peerSubnets !== undefined && (peerAccount ?? region) !== undefined) {
    throw invalid(
      scope,
      `'peerSubnets' must be left out for a VPC of another account or region, got some for ${peerAccount ?? region}; define PeeringReturnRoutes in a stack there`,
    );
  }
}

/** `there`, where both are known and differ. */
function elsewhere(here: string, there: string): string | undefined {
  return Token.isUnresolved(here) || Token.isUnresolved(there) || here === there ? undefined : there;
}

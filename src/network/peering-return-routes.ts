import { Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { parseNetwork } from '../private/cidr';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { PeeringDns } from './peering-dns';
import { addPeeringRoute, fromElsewhere, routeTablesOf } from './peering-routes';

/** Properties of `PeeringReturnRoutes`. */
export interface PeeringReturnRoutesProps {
  /** The VPC whose route tables learn the way. Of an imported VPC the route tables must be known. */
  readonly vpc: ec2.IVpc;
  /**
   * Subnets of the VPC whose route tables learn the way.
   * @default - all subnets
   */
  readonly subnets?: ec2.SubnetSelection;
  /** Id of the peering connection, as `addPeering` returns it; from another account as text, such as `pcx-0a1b2c3d4e5f60718`. */
  readonly peeringId: string;
  /** IPv4 CIDR that lies behind the peering, such as the address plan's. */
  readonly destinationCidr: string;
  /**
   * Whether public host names of machines of this VPC resolve to their private addresses at the other side; by a custom resource,
   * as in `addPeering`.
   * @default false
   */
  readonly dnsResolution?: boolean;
}

/**
 * The way back through a peering, for VPCs of another account or region: define it in a stack that is deployed there, after the
 * stack of the network. `ChargingPlatformNetwork.addPeering` defines it by itself where both VPCs are of one account and region.
 */
export class PeeringReturnRoutes extends Construct {
  constructor(scope: Construct, id: string, props: PeeringReturnRoutesProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const { peeringId, destinationCidr } = props;
    if (!Token.isUnresolved(peeringId) && !/^pcx-[0-9a-f]{8,17}$/.test(peeringId)) {
      throw invalid(
        this,
        `'peeringId' must be the id of a peering connection, such as pcx-0a1b2c3d4e5f60718, got ${peeringId}`,
      );
    }
    const network = Token.isUnresolved(destinationCidr) ? undefined : parseNetwork(destinationCidr);
    if (typeof network === 'string') {
      throw invalid(this, `'destinationCidr' ${network}, got ${destinationCidr}`);
    }
    const here = fromElsewhere(this, peeringId);
    if (props.dnsResolution ?? false) {
      new PeeringDns(this, 'Dns', { peeringId: here, requester: false, accepter: true });
    }
    for (const { name, table } of routeTablesOf(this, 'vpc', props.vpc, props.subnets)) {
      addPeeringRoute(this, `Route${name}`, { table, destinationCidr, peeringId: here });
    }
  }
}

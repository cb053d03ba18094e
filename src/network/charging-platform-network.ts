import { CfnOutput, Duration, Fn } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { Alarms } from '../private/alarms';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { validateAclRule } from './acl-traffic';
import { AddressPlan } from './address-plan';
import { Egress } from './egress';
import { ImportedNetwork } from './imported-network';
import { InterfaceEndpoints } from './interface-endpoints';
import { NatStrategy } from './nat-strategy';
import { Neighbours } from './neighbours';
import type { NetworkAclRuleOptions } from './network-acl-rule';
import type { ChargingPlatformNetworkAttributes, IChargingPlatformNetwork } from './network-attributes';
import type { ChargingPlatformNetworkProps } from './network-props';
import { NetworkTier } from './network-tier';
import { literalCidrOf, Peering, validatePeering } from './peering';
import type { PeeringOptions } from './peering-options';
import { addFlowLogs, addGatewayEndpoints, defineVpc } from './planned-vpc';
import { addNatAlarms, addVpnAlarms, sumOfNat } from './telemetry';
import { TierFilter } from './tier-filter';
import * as validation from './validation';
import { defineVpn, propagateRoutes } from './vpn';
import type { VpnOptions } from './vpn-options';
import { VpnValidation } from './vpn-validation';
import { zonesOf } from './zones';

/**
 * A VPC of three tiers (public, private, data) in two or more zones, with NAT, network ACLs, flow logs, S3 and DynamoDB endpoints,
 * and, where added, VPNs and peerings. The default security group lets nothing through.
 *
 * Any construct that takes an `ec2.IVpc` works with a VPC of your own too: see `fromNetworkAttributes`, or `ec2.Vpc.fromLookup`.
 *
 * Removal: the flow log bucket and the Elastic IPs allocated here stay, the addresses because partners allow-list them; an
 * address that is kept can be given again through `NatStrategy`. The rest goes.
 */
export class ChargingPlatformNetwork extends Construct implements IChargingPlatformNetwork {
  /**
   * A network that exists already. Nothing is defined or changed in it.
   */
  public static fromNetworkAttributes(
    scope: Construct,
    id: string,
    attributes: ChargingPlatformNetworkAttributes,
  ): IChargingPlatformNetwork {
    return new ImportedNetwork(scope, id, attributes);
  }

  /** The VPC, with `PUBLIC`, `PRIVATE_WITH_EGRESS` and `PRIVATE_ISOLATED` subnets. */
  public readonly vpc: ec2.IVpc;
  /** Addresses of the VPC and of each subnet. */
  public readonly addressPlan: AddressPlan;
  /**
   * Public addresses by which machines in private subnets leave, for the allow lists of partners. Machines in public subnets leave
   * by addresses of their own. Empty without NAT.
   */
  public readonly egressAddresses: string[];
  private readonly ownVpc: ec2.Vpc;
  private readonly egress: Egress;
  private readonly filters: Record<NetworkTier, TierFilter>;
  private readonly neighbours: Neighbours;
  private readonly vpnValidation = new VpnValidation(this);
  private readonly peers = new Set<ec2.IVpc>();
  private readonly vpns: Construct;
  private readonly peerings: Construct;
  private readonly alarms?: Alarms;

  constructor(scope: Construct, id: string, props: ChargingPlatformNetworkProps = {}) {
    super(scope, id);
    pinFeatureFlags(this);
    const addressPlan = props.addressPlan ?? AddressPlan.fromCidr('10.20.0.0/16');
    const dataPorts = props.dataPorts ?? [3306, 33306];
    const deniedCidrs = props.deniedCidrs ?? [];
    const quota = props.networkAclQuota ?? 20;
    const flowLogRetention = props.flowLogRetention ?? Duration.days(400);
    const interfaceEndpoints = props.interfaceEndpoints ?? [];
    const zones = zonesOf(this, props.availabilityZones, props.zoneCount);

    validation.validateDataPorts(this, dataPorts);
    validation.validateDeniedCidrs(this, deniedCidrs, addressPlan);
    validation.validateNetworkAclQuota(this, quota);
    validation.validateFlowLogRetention(this, flowLogRetention);

    this.addressPlan = addressPlan;
    this.neighbours = new Neighbours(this, deniedCidrs);
    this.neighbours.add('addressPlan', 'the network itself', addressPlan.cidr);
    for (const cidr of props.reservedCidrs ?? []) {
      this.neighbours.add('reservedCidrs', 'the reserved ranges', cidr);
    }
    this.egress = new Egress(this, props.natStrategy ?? NatStrategy.perZone(), zones);
    this.egressAddresses = this.egress.addresses;
    this.ownVpc = defineVpc(this, addressPlan, zones, this.egress);
    this.vpc = this.ownVpc;
    const filter = (tier: NetworkTier) =>
      new TierFilter(this, `${tier}Filter`, { vpc: this.ownVpc, addressPlan, tier, dataPorts, deniedCidrs, quota });
    this.filters = {
      [NetworkTier.PUBLIC]: filter(NetworkTier.PUBLIC),
      [NetworkTier.PRIVATE]: filter(NetworkTier.PRIVATE),
      [NetworkTier.DATA]: filter(NetworkTier.DATA),
    };
    addFlowLogs(this, this.ownVpc, flowLogRetention);
    addGatewayEndpoints(this.ownVpc);
    if (interfaceEndpoints.length > 0) {
      new InterfaceEndpoints(this, 'Endpoints', this.ownVpc, addressPlan.cidr, interfaceEndpoints);
    }
    if (props.outputEgressAddresses ?? false) {
      this.defineOutput();
    }
    this.vpns = new Construct(this, 'Vpns');
    this.peerings = new Construct(this, 'Peerings');
    this.alarms = Alarms.of(this, props.alerts);
    if (this.alarms) {
      addNatAlarms(this.alarms, this.egress.dimensions);
    }
  }

  /**
   * Joins a network elsewhere to this one through two encrypted IPsec tunnels, with static routes or BGP. The configuration for
   * the device is downloaded from the VPC console; keys that were not given are in Secrets Manager.
   */
  public addVpn(id: string, options: VpnOptions): ec2.VpnConnection {
    const tiers = options.tiers ?? [NetworkTier.PUBLIC, NetworkTier.PRIVATE];
    validation.validateMachineTiers(this, tiers);
    this.vpnValidation.validate(options);
    for (const cidr of options.remoteCidrs) {
      this.neighbours.add('remoteCidrs', `VPN '${id}'`, cidr);
    }

    const connection = defineVpn(this.vpns, id, this.ownVpc, options);
    for (const tier of tiers) {
      propagateRoutes(this.vpns, this.ownVpc, tier);
    }
    this.allowNeighbours(tiers, options.remoteCidrs);
    if (this.alarms) {
      addVpnAlarms(this.alarms, id, connection);
    }
    return connection;
  }

  /**
   * Joins another VPC to this one, with routes on both sides where it is of the same account and region.
   * @returns the id of the peering connection, for routes of your own
   */
  public addPeering(id: string, options: PeeringOptions): string {
    const tiers = options.tiers ?? [NetworkTier.PUBLIC];
    validation.validateMachineTiers(this, tiers);
    validatePeering(this, options);
    if (this.peers.has(options.peerVpc)) {
      throw invalid(
        this,
        `'peerVpc' must be joined once, got ${options.peerVpc.node.path} again; name all its 'tiers' and 'peerCidrs' there`,
      );
    }
    const peerCidrs = options.peerCidrs ?? [literalCidrOf(options.peerVpc)];
    for (const cidr of peerCidrs) {
      this.neighbours.add(options.peerCidrs ? 'peerCidrs' : 'peerVpc', `peering '${id}'`, cidr);
    }
    this.peers.add(options.peerVpc);

    const peer = networkOf(options.peerVpc);
    const peerSubnets = options.peerSubnets ?? peer?.machineSubnets;
    const { cidr } = this.addressPlan;
    const peering = new Peering(this.peerings, id, {
      ...options,
      vpc: this.ownVpc,
      cidr,
      peerCidrs,
      tiers,
      peerSubnets,
    });
    this.allowNeighbours(tiers, peerCidrs);
    peer?.acceptPeering(peering, cidr);
    return peering.peeringId;
  }

  /** Adds a rule of your own to the network ACL of a tier. */
  public addNetworkAclRule(id: string, options: NetworkAclRuleOptions): void {
    validateAclRule(this, options, this.addressPlan);
    this.filters[options.tier].addRule(id, options);
  }

  /** Connections that a NAT gateway could not open for want of a source port: the sum of all gateways, in 5 minutes by default. */
  public metricNatPortErrors(options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    return this.metricNat('ErrorPortAllocation', options);
  }

  /** Packets that the NAT gateways dropped: the sum of all gateways, in 5 minutes by default. */
  public metricNatPacketsDropped(options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    return this.metricNat('PacketsDropCount', options);
  }

  /** Bytes that left for the internet through the NAT gateways, which AWS bills: the sum of all, in 5 minutes by default. */
  public metricNatBytesOut(options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    return this.metricNat('BytesOutToDestination', options);
  }

  private metricNat(name: string, options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    const gateways = this.egress.dimensions;
    if (gateways.length === 0) {
      throw invalid(this, "'natStrategy' must have gateways for their metrics to exist, got NatStrategy.none()");
    }
    return sumOfNat(gateways, name, options);
  }

  private get machineSubnets(): ec2.SubnetSelection {
    return { subnets: [...this.ownVpc.publicSubnets, ...this.ownVpc.privateSubnets] };
  }

  /** The other end of a peering that another network of the app adds: its range is a neighbour here too. */
  private acceptPeering(peering: Peering, cidr: string): void {
    this.neighbours.add('peerVpc', `peering '${peering.node.path}'`, cidr);
    this.allowNeighbours([NetworkTier.PUBLIC, NetworkTier.PRIVATE], [cidr]);
  }

  private allowNeighbours(tiers: readonly NetworkTier[], cidrs: readonly string[]): void {
    for (const tier of tiers) {
      for (const cidr of cidrs) {
        this.filters[tier].allowNeighbour(cidr);
      }
    }
  }

  private defineOutput(): void {
    if (this.egressAddresses.length === 0) {
      throw invalid(
        this,
        "'outputEgressAddresses' must be left out with NatStrategy.none(), got true; machines in public subnets leave by their own addresses",
      );
    }
    new CfnOutput(this, 'EgressAddresses', {
      description: 'Addresses by which machines in private subnets reach the internet, for allow lists of partners',
      value: Fn.join(',', this.egressAddresses),
    });
  }
}

/** The network that a VPC is of, where it is one of ours. */
function networkOf(vpc: ec2.IVpc): ChargingPlatformNetwork | undefined {
  const scope = vpc.node.scope;
  return scope instanceof ChargingPlatformNetwork ? scope : undefined;
}

import { Duration, Fn, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { IOperatorAlerts } from '../monitoring/api';
import { acknowledge } from '../private/acknowledge';
import { Alarms } from '../private/alarms';
import { defineLogBucket } from '../private/buckets';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { AddressPlan } from './address-plan';
import { type ElasticIpAttributes, NatStrategy } from './nat-strategy';
import { Neighbours } from './neighbours';
import { NetworkTier } from './network-tier';
import { literalCidrOf, Peering, type PeeringOptions, validateSameEnvironment } from './peering';
import { PlannedAddresses } from './planned-addresses';
import { addNatAlarms, addVpnAlarms, sumOfNat } from './telemetry';
import { SUBNET_TYPES, TierFilter, validateDeniedCidrs } from './tier-filter';
import * as validation from './validation';
import { defineVpn, propagateToPublicTier, type VpnOptions } from './vpn';

/** Properties of `ChargingPlatformNetwork`. */
export interface ChargingPlatformNetworkProps {
  /**
   * Addresses of the VPC and of each subnet. Another plan replaces the VPC and everything in it.
   * @default AddressPlan.fromCidr('10.20.0.0/16')
   */
  readonly addressPlan?: AddressPlan;
  /**
   * Names of 2 to 4 zones, such as `eu-south-2a`. The order decides the addresses: add a zone at the end, and no subnet changes.
   * @default - the first `zoneCount` zones of the stack's region
   */
  readonly availabilityZones?: string[];
  /**
   * How many zones to use, 2 to 4, where they are not named with `availabilityZones`.
   * @default 2
   */
  readonly zoneCount?: number;
  /**
   * How machines in private subnets reach the internet.
   * @default NatStrategy.perZone()
   */
  readonly natStrategy?: NatStrategy;
  /**
   * Up to 10 IPv4 CIDRs that no subnet talks to, in either direction, whatever security groups say.
   * @default []
   */
  readonly deniedCidrs?: string[];
  /**
   * 1 to 5 TCP ports that the data tier answers on, to the VPC only.
   * @default [3306, 33306]
   */
  readonly dataPorts?: number[];
  /**
   * How long flow logs are kept, 1 day or more.
   * @default Duration.days(400)
   */
  readonly flowLogRetention?: Duration;
  /**
   * Where alarms go.
   * @default - no alarms are defined
   */
  readonly alerts?: IOperatorAlerts;
}

/**
 * A VPC of three tiers (public, private, data) in two or more zones, with NAT, network ACLs, flow logs, S3 and DynamoDB endpoints,
 * and, where added, VPNs and peerings. The default security group lets nothing through.
 *
 * Any construct that takes an `ec2.IVpc` works with a VPC of your own too: import it with `ec2.Vpc.fromLookup`.
 *
 * Removal: the flow log bucket and the Elastic IPs allocated here stay, the addresses because partners allow-list them; an
 * address that is kept can be given again through `NatStrategy`. The rest goes.
 */
export class ChargingPlatformNetwork extends Construct {
  /** The VPC, with `PUBLIC`, `PRIVATE_WITH_EGRESS` and `PRIVATE_ISOLATED` subnets. */
  public readonly vpc: ec2.Vpc;
  /** Addresses of the VPC and of each subnet. */
  public readonly addressPlan: AddressPlan;
  /**
   * Public addresses by which machines in private subnets leave, for the allow lists of partners. Machines in public subnets leave
   * by addresses of their own. Empty without NAT.
   */
  public readonly egressAddresses: string[];
  private readonly natGatewayIds: string[];
  private readonly filters: Record<NetworkTier, TierFilter>;
  private readonly neighbours = new Neighbours(this);
  private readonly customerGateways = new Set<string>();
  private readonly peers = new Set<ec2.IVpc>();
  private readonly vpns: Construct;
  private readonly peerings: Construct;
  private readonly alarms?: Alarms;

  constructor(scope: Construct, id: string, props: ChargingPlatformNetworkProps = {}) {
    super(scope, id);
    pinFeatureFlags(this);
    this.addressPlan = props.addressPlan ?? AddressPlan.fromCidr('10.20.0.0/16');
    const natStrategy = props.natStrategy ?? NatStrategy.perZone();
    const dataPorts = props.dataPorts ?? [3306, 33306];
    const deniedCidrs = props.deniedCidrs ?? [];
    const flowLogRetention = props.flowLogRetention ?? Duration.days(400);
    const zones = this.zones(props);
    const natGateways = natStrategy._gatewaysFor(zones.length);

    validation.validateZones(this, zones);
    validation.validateElasticIps(this, natStrategy._elasticIps, natGateways);
    validation.validateDataPorts(this, dataPorts);
    validateDeniedCidrs(this, deniedCidrs);
    validation.validateFlowLogRetention(this, flowLogRetention);

    this.neighbours.add('addressPlan', 'the network itself', this.addressPlan.cidr);
    const elasticIps = natStrategy._elasticIps ?? this.allocateElasticIps(natGateways);
    const natProvider = ec2.NatProvider.gateway({ eipAllocationIds: elasticIps.map((ip) => ip.allocationId) });
    this.vpc = this.defineVpc(zones, natGateways, natProvider);
    this.natGatewayIds = natProvider.configuredGateways.map(({ gatewayId }) => gatewayId);
    this.egressAddresses = elasticIps.map((ip) => ip.address);
    const filter = (tier: NetworkTier) =>
      new TierFilter(this, `${tier}Filter`, {
        vpc: this.vpc,
        addressPlan: this.addressPlan,
        tier,
        dataPorts,
        deniedCidrs,
      });
    this.filters = {
      [NetworkTier.PUBLIC]: filter(NetworkTier.PUBLIC),
      [NetworkTier.PRIVATE]: filter(NetworkTier.PRIVATE),
      [NetworkTier.DATA]: filter(NetworkTier.DATA),
    };
    this.addFlowLogs(flowLogRetention);
    this.addGatewayEndpoints();
    this.vpns = new Construct(this, 'Vpns');
    this.peerings = new Construct(this, 'Peerings');
    this.alarms = Alarms.of(this, props.alerts);
    if (this.alarms) {
      addNatAlarms(this.alarms, this.natGatewayIds);
    }
  }

  /**
   * Joins a network elsewhere to this one through two encrypted IPsec tunnels with static routes. AWS makes the pre-shared keys
   * and keeps them in Secrets Manager; the configuration for the device is downloaded from the VPC console.
   */
  public addVpn(id: string, options: VpnOptions): ec2.VpnConnection {
    validation.validateCustomerGateway(this, options.customerGateway);
    if (this.customerGateways.has(options.customerGateway)) {
      throw invalid(
        this,
        `'customerGateway' must be the end of one VPN only, got ${options.customerGateway} again; add its networks to 'remoteCidrs' of the first`,
      );
    }
    if (options.remoteCidrs.length === 0) {
      throw invalid(this, "'remoteCidrs' must name at least one network behind the device, got none");
    }
    for (const cidr of options.remoteCidrs) {
      this.neighbours.add('remoteCidrs', `VPN '${id}'`, cidr);
    }
    this.customerGateways.add(options.customerGateway);

    const connection = defineVpn(this.vpns, id, this.vpc, options);
    if (options.reachesPublicTier ?? false) {
      propagateToPublicTier(this, this.vpc);
    }
    const tiers = options.reachesPublicTier ? [NetworkTier.PRIVATE, NetworkTier.PUBLIC] : [NetworkTier.PRIVATE];
    options.remoteCidrs.forEach((cidr, index) => {
      for (const tier of tiers) {
        this.filters[tier].allowNeighbour(`Vpn${id}${index + 1}`, cidr);
      }
    });
    if (this.alarms) {
      addVpnAlarms(this.alarms, id, connection);
    }
    return connection;
  }

  /**
   * Joins another VPC of the same account and region to this one, with routes on both sides.
   * @returns the id of the peering connection, for routes of your own
   */
  public addPeering(id: string, options: PeeringOptions): string {
    const tiers = options.tiers ?? [NetworkTier.PUBLIC];
    validation.validatePeeringTiers(this, tiers);
    validateSameEnvironment(this, options.peerVpc);
    if (this.peers.has(options.peerVpc)) {
      throw invalid(this, `'peerVpc' must be joined once, got ${options.peerVpc.node.path} again; name all its 'tiers' there`);
    }
    this.neighbours.add('peerVpc', `peering '${id}'`, literalCidrOf(options.peerVpc));
    this.peers.add(options.peerVpc);

    const peering = new Peering(this.peerings, id, { ...options, vpc: this.vpc, tiers });
    for (const tier of tiers) {
      this.filters[tier].allowNeighbour(`Peering${id}`, options.peerVpc.vpcCidrBlock);
    }
    return peering.peeringId;
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
    if (this.natGatewayIds.length === 0) {
      throw invalid(this, "'natStrategy' must have gateways for their metrics to exist, got NatStrategy.none()");
    }
    return sumOfNat(this.natGatewayIds, name, options);
  }

  private zones(props: ChargingPlatformNetworkProps): string[] {
    if (props.availabilityZones) {
      if (props.zoneCount !== undefined) {
        throw invalid(this, "'zoneCount' must not be given together with 'availabilityZones'; name as many zones as wanted");
      }
      return props.availabilityZones;
    }
    const zoneCount = props.zoneCount ?? 2;
    validation.validateZoneCount(this, zoneCount);
    const stack = Stack.of(this);
    if (Token.isUnresolved(stack.region) || Token.isUnresolved(stack.account)) {
      return Array.from({ length: zoneCount }, (_, index) => Fn.select(index, Fn.getAzs()));
    }
    const known = stack.availabilityZones;
    if (known.length < zoneCount) {
      throw invalid(
        this,
        `'zoneCount' must be at most the ${known.length} zones that the CDK knows of ${stack.region}, got ${zoneCount}; name them with 'availabilityZones'`,
      );
    }
    return known.slice(0, zoneCount);
  }

  private allocateElasticIps(count: number): ElasticIpAttributes[] {
    return Array.from({ length: count }, (_, index) => {
      const address = new ec2.CfnEIP(this, `EgressAddress${index + 1}`, { domain: 'vpc' });
      // An address that partners allow-list must survive a mistake; one of a first deployment that failed need not.
      address.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
      return { allocationId: address.attrAllocationId, address: address.attrPublicIp };
    });
  }

  private defineVpc(zones: string[], natGateways: number, natGatewayProvider: ec2.NatProvider): ec2.Vpc {
    const tiers = Object.values(NetworkTier);
    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: new PlannedAddresses(this.addressPlan, zones),
      availabilityZones: zones,
      natGateways,
      natGatewayProvider,
      restrictDefaultSecurityGroup: true,
      subnetConfiguration: tiers.map((tier) => ({
        name: tier,
        subnetType: SUBNET_TYPES[tier],
        // Machines ask for a public address in their launch template; nothing gets one by accident.
        mapPublicIpOnLaunch: tier === NetworkTier.PUBLIC ? false : undefined,
      })),
    });
    for (const subnet of vpc.publicSubnets) {
      acknowledge(
        subnet,
        'Load balancers and NAT gateways in public subnets answer to and call any address of the internet; security groups and network ACLs filter',
        'NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW',
        'PCI.DSS.321-VPCNoUnrestrictedRouteToIGW',
      );
    }
    return vpc;
  }

  private addFlowLogs(retention: Duration): void {
    const bucket = defineLogBucket(this, 'FlowLogBucket', retention);
    this.vpc.addFlowLog('FlowLog', {
      destination: ec2.FlowLogDestination.toS3(bucket),
      trafficType: ec2.FlowLogTrafficType.ALL,
      maxAggregationInterval: ec2.FlowLogMaxAggregationInterval.ONE_MINUTE,
    });
  }

  private addGatewayEndpoints(): void {
    const subnets = [{ subnetType: ec2.SubnetType.PUBLIC }, { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }];
    this.vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3, subnets });
    this.vpc.addGatewayEndpoint('DynamoDb', { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB, subnets });
  }
}

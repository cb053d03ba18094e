import { RemovalPolicy } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { AlertSeverity, type IOperatorAlerts } from '../monitoring/api';
import { Alarms } from '../private/alarms';
import { acrossRegions } from '../private/cross-region';
import { defineKey } from '../private/encryption';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import type { ForwardingRule } from './forwarding-rule';
import { QueryLog } from './query-log';
import { endpointMetric, InboundEndpoint, OutboundEndpoint } from './resolver';
import { isIpv4, pointerName, reverseZoneName } from './reverse';
import {
  validateForwardingRules,
  validateInboundFrom,
  validateInZone,
  validateReverseCidr,
  validateZones,
} from './validation';

/** Properties of `PlatformDns`. */
export interface PlatformDnsProps {
  /**
   * Name of the public zone to define, such as `example.com`. Its registrar must then delegate to the zone's name servers.
   * @default - `publicZone` is used
   */
  readonly zoneName?: string;
  /**
   * Public zone that exists already. Records are added to it, nothing else is changed.
   * @default - a zone is defined for `zoneName`, in which only Amazon may issue certificates (CAA)
   */
  readonly publicZone?: route53.IPublicHostedZone;
  /**
   * Network whose machines ask the private zones.
   * @default - no private zones, no resolver endpoints, no query log
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Name of the private zone. The public zone's own name would hide every public record from the VPC.
   * @default - `internal.` before the public zone's name
   */
  readonly privateZoneName?: string;
  /**
   * IPv4 networks whose addresses have names (PTR records), known at synth. A mask between whole octets takes the enclosing
   * zone: 10.20.16.0/20 is kept in `20.10.in-addr.arpa`.
   * @default - no reverse zones
   */
  readonly reverseCidrs?: string[];
  /**
   * Domains that other DNS servers answer. They need an outbound resolver endpoint, which AWS bills per address and hour.
   * @see https://aws.amazon.com/route53/pricing/
   * @default - the VPC's resolver answers everything
   */
  readonly forwardingRules?: ForwardingRule[];
  /**
   * IPv4 networks that may ask the VPC's resolver, such as an office behind a VPN. They need an inbound resolver endpoint,
   * which AWS bills per address and hour.
   * @see https://aws.amazon.com/route53/pricing/
   * @default - no inbound endpoint
   */
  readonly inboundFrom?: string[];
  /**
   * Subnets of the resolver endpoints, 2 to 6 in at least two zones.
   * @default - one private subnet in each zone of the VPC
   */
  readonly resolverSubnets?: ec2.SubnetSelection;
  /**
   * How long the questions of the VPC are kept in the log.
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly queryLogRetention?: logs.RetentionDays;
  /**
   * Key that encrypts the query log.
   * @default - a key with rotation is defined, kept on removal
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Where alarms go.
   * @default - no alarms are defined
   */
  readonly alerts?: IOperatorAlerts;
}

/**
 * Names of the platform: a public zone, and inside the VPC a private zone, reverse zones and forwarders.
 *
 * On removal a public zone defined here is kept, because a new one would have other name servers than those delegated to;
 * private zones, resolver endpoints and the query log are deleted.
 */
export class PlatformDns extends Construct {
  /** The public zone, defined or given. */
  public readonly publicZone: route53.IPublicHostedZone;
  /** The zone that only the VPC sees; absent without a VPC. */
  public readonly privateZone?: route53.PrivateHostedZone;
  /** The zones of PTR records, which only the VPC sees. */
  public readonly reverseZones: route53.PrivateHostedZone[];
  /** What the VPC asked; absent without a VPC. */
  public readonly queryLogGroup?: logs.ILogGroup;
  private readonly outbound?: OutboundEndpoint;
  private readonly inbound?: InboundEndpoint;
  private readonly hosts = new Set<string>();

  constructor(scope: Construct, id: string, props: PlatformDnsProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const { vpc, forwardingRules = [], reverseCidrs = [] } = props;
    validateZones(this, props);
    validateForwardingRules(this, forwardingRules);
    this.publicZone = props.publicZone ?? this.definePublicZone(props.zoneName as string);
    this.reverseZones = vpc ? this.defineReverseZones(vpc, reverseCidrs) : [];
    if (vpc) {
      const zoneName = props.privateZoneName ?? `internal.${this.publicZone.zoneName}`;
      this.privateZone = new route53.PrivateHostedZone(this, 'PrivateZone', { zoneName, vpc });
      this.queryLogGroup = this.defineQueryLog(vpc, props);
      this.outbound = this.defineOutbound(vpc, props, forwardingRules);
      this.inbound = this.defineInbound(vpc, props);
    }
    this.defineAlarms(props.alerts);
  }

  /**
   * Points a public name at a load balancer.
   * @param hostName Full name, in the public zone.
   */
  public addLoadBalancerAlias(hostName: string, loadBalancer: elbv2.ILoadBalancerV2): route53.ARecord {
    validateInZone(this, 'hostName', hostName, this.publicZone.zoneName);
    return new route53.ARecord(this.namespaceOf(hostName), 'A', {
      zone: this.publicZone,
      recordName: `${hostName}.`,
      target: route53.RecordTarget.fromAlias(new targets.LoadBalancerTarget(loadBalancer)),
    });
  }

  /**
   * Points a public name at a CloudFront distribution, by IPv4 and IPv6.
   * @param hostName Full name, in the public zone and among the distribution's host names.
   */
  public addDistributionAlias(hostName: string, distribution: cloudfront.IDistribution): void {
    validateInZone(this, 'hostName', hostName, this.publicZone.zoneName);
    const dnsName = acrossRegions(this, distribution, distribution.distributionDomainName);
    const hostedZoneId = targets.CloudFrontTarget.getHostedZoneId(this);
    const target = route53.RecordTarget.fromAlias({ bind: () => ({ dnsName, hostedZoneId }) });
    const record = { zone: this.publicZone, recordName: `${hostName}.`, target };
    const namespace = this.namespaceOf(hostName);
    new route53.ARecord(namespace, 'A', record);
    new route53.AaaaRecord(namespace, 'AAAA', record);
  }

  /**
   * Names one machine inside the VPC, forward (A) and reverse (PTR).
   * @param hostName Full name, in the private zone.
   * @param address IPv4 address, in one of `reverseCidrs`.
   */
  public addHost(hostName: string, address: string): void {
    if (!this.privateZone) {
      throw invalid(this, "addHost() needs 'vpc', the network that sees the name");
    }
    validateInZone(this, 'hostName', hostName, this.privateZone.zoneName);
    const reverseZone = this.reverseZoneOf(hostName, address);
    const namespace = this.namespaceOf(hostName);
    new route53.ARecord(namespace, 'A', {
      zone: this.privateZone,
      recordName: `${hostName}.`,
      target: route53.RecordTarget.fromIpAddresses(address),
    });
    new route53.RecordSet(namespace, 'Ptr', {
      zone: reverseZone,
      recordType: route53.RecordType.PTR,
      recordName: `${pointerName(address)}.`,
      target: route53.RecordTarget.fromValues(`${hostName}.`),
    });
  }

  /** Questions that the outbound endpoint forwarded, counted. */
  public metricOutboundQueries(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return endpointMetric('OutboundQueryVolume', 'Sum', this.outboundId(), options);
  }

  /** Questions that the inbound endpoint answered, counted. */
  public metricInboundQueries(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    if (!this.inbound) {
      throw invalid(this, "there is no inbound endpoint to measure; 'inboundFrom' defines it");
    }
    return endpointMetric('InboundQueryVolume', 'Sum', this.inbound.endpointId, options);
  }

  /** Addresses of the outbound endpoint that do not work, counted. */
  public metricOutboundUnhealthyAddresses(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return endpointMetric('EndpointUnhealthyENICount', 'Maximum', this.outboundId(), options);
  }

  private definePublicZone(zoneName: string): route53.PublicHostedZone {
    const zone = new route53.PublicHostedZone(this, 'PublicZone', { zoneName, caaAmazon: true });
    zone.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return zone;
  }

  private defineReverseZones(vpc: ec2.IVpc, cidrs: string[]): route53.PrivateHostedZone[] {
    const names = cidrs.map((cidr) => {
      validateReverseCidr(this, cidr);
      return (reverseZoneName(cidr) as { readonly zoneName: string }).zoneName;
    });
    const namespace = new Construct(this, 'ReverseZones');
    return [...new Set(names)].map((zoneName) => new route53.PrivateHostedZone(namespace, zoneName, { zoneName, vpc }));
  }

  private defineQueryLog(vpc: ec2.IVpc, props: PlatformDnsProps): logs.ILogGroup {
    return new QueryLog(this, 'QueryLog', {
      vpc,
      encryptionKey: props.encryptionKey ?? defineKey(this, 'Key', 'DNS query log'),
      retention: props.queryLogRetention ?? logs.RetentionDays.THREE_MONTHS,
    }).logGroup;
  }

  private defineOutbound(vpc: ec2.IVpc, props: PlatformDnsProps, rules: ForwardingRule[]) {
    return rules.length === 0
      ? undefined
      : new OutboundEndpoint(this, 'Outbound', { vpc, subnets: props.resolverSubnets, rules });
  }

  private defineInbound(vpc: ec2.IVpc, { inboundFrom, resolverSubnets }: PlatformDnsProps) {
    if (!inboundFrom) {
      return undefined;
    }
    validateInboundFrom(this, inboundFrom);
    return new InboundEndpoint(this, 'Inbound', { vpc, subnets: resolverSubnets, from: inboundFrom });
  }

  private defineAlarms(alerts: IOperatorAlerts | undefined): void {
    const alarms = Alarms.of(this, alerts);
    for (const [id, endpoint] of Object.entries({ Outbound: this.outbound, Inbound: this.inbound })) {
      if (endpoint) {
        alarms?.add(`${id}Unhealthy`, {
          metric: endpointMetric('EndpointUnhealthyENICount', 'Maximum', endpoint.endpointId),
          threshold: 1,
          evaluationPeriods: 3,
          description: `An address of the ${id.toLowerCase()} resolver endpoint has not worked for 15 minutes`,
          severity: AlertSeverity.MEDIUM,
          runbook: 'dns-resolver-unhealthy',
        });
      }
    }
  }

  private reverseZoneOf(hostName: string, address: string): route53.PrivateHostedZone {
    if (!isIpv4(address)) {
      throw invalid(this, `the address of '${hostName}' must be an IPv4 address, got '${address}'`);
    }
    const pointer = pointerName(address);
    const [zone] = this.reverseZones
      .filter(({ zoneName }) => pointer.endsWith(`.${zoneName}`))
      .sort((a, b) => b.zoneName.length - a.zoneName.length);
    if (!zone) {
      throw invalid(
        this,
        `the address of '${hostName}', ${address}, is in no reverse zone; add its network to 'reverseCidrs'`,
      );
    }
    if (this.hosts.has(address)) {
      throw invalid(this, `the address ${address} has a name already; one address, one PTR record`);
    }
    this.hosts.add(address);
    return zone;
  }

  private outboundId(): string {
    if (!this.outbound) {
      throw invalid(this, "there is no outbound endpoint to measure; 'forwardingRules' defines it");
    }
    return this.outbound.endpointId;
  }

  /** Records of one name stand together; a name used twice is a mistake that deployment would find late. */
  private namespaceOf(hostName: string): Construct {
    if (this.hosts.has(hostName)) {
      throw invalid(this, `'${hostName}' has a record already; a name points at one place`);
    }
    this.hosts.add(hostName);
    return new Construct(this, hostName);
  }
}

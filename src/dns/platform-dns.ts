import { RemovalPolicy } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { AlertSeverity, type IOperatorAlerts } from '../monitoring/api';
import { Alarms } from '../private/alarms';
import { acrossRegions } from '../private/cross-region';
import { defineKey } from '../private/encryption';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { DnsTarget } from './dns-target';
import { Failover } from './failover';
import type { FailoverOptions } from './failover-options';
import type { ForwardingRule } from './forwarding-rule';
import { HostRecords } from './host-records';
import { endpointMetric, healthMetric } from './metrics';
import type { PlatformDnsProps } from './platform-dns-props';
import { QueryLog } from './query-log';
import { InboundEndpoint, OutboundEndpoint } from './resolver';
import { validateInboundFrom, validateNoLoop, validateNotAnsweredHere } from './resolver-validation';
import { reverseZoneName } from './reverse';
import {
  validateFailover,
  validateForwardingRules,
  validateInZone,
  validateReverseCidr,
  validateReverseZoneNames,
  validateZones,
} from './validation';

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
  /**
   * Health checks by name.
   * @internal
   */
  public readonly _failovers = new Map<string, route53.HealthCheck>();
  private readonly outbound?: OutboundEndpoint;
  private readonly inbound?: InboundEndpoint;
  private readonly hosts?: HostRecords;
  private readonly records: route53.IHostedZone;

  constructor(scope: Construct, id: string, props: PlatformDnsProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const { vpc, forwardingRules = [] } = props;
    validateZones(this, props);
    validateForwardingRules(this, forwardingRules);
    this.publicZone = props.publicZone ?? this.definePublicZone(props.zoneName as string);
    this.records = route53.HostedZone.fromHostedZoneAttributes(this, 'Records', {
      hostedZoneId: acrossRegions(this, this.publicZone, this.publicZone.hostedZoneId),
      zoneName: this.publicZone.zoneName,
    });
    this.reverseZones = vpc ? this.defineReverseZones(vpc, props) : [];
    if (vpc) {
      const zoneName = props.privateZoneName ?? `internal.${this.publicZone.zoneName}`;
      this.privateZone = new route53.PrivateHostedZone(this, 'PrivateZone', { zoneName, vpc });
      this.hosts = new HostRecords(this, this.privateZone, this.reverseZones);
      validateNotAnsweredHere(this, forwardingRules, [this.privateZone, ...this.reverseZones]);
      validateNoLoop(this, forwardingRules, { vpc, ...props });
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
  public addLoadBalancerAlias(hostName: string, loadBalancer: elbv2.ILoadBalancerV2): void {
    this.addAlias(hostName, DnsTarget.loadBalancer(loadBalancer));
  }

  /**
   * Points a public name at a CloudFront distribution, by IPv4 and IPv6.
   * @param hostName Full name, in the public zone and among the distribution's host names.
   */
  public addDistributionAlias(hostName: string, distribution: cloudfront.IDistribution): void {
    this.addAlias(hostName, DnsTarget.distribution(distribution));
  }

  /**
   * Points a public name at a primary target, and at a secondary one while a health check says that the first does not answer.
   * A `PlatformDnsTelemetry` tells people when that happens.
   * @param hostName Full name, in the public zone.
   */
  public addFailover(hostName: string, options: FailoverOptions): void {
    validateInZone(this, 'hostName', hostName, this.publicZone.zoneName);
    validateFailover(this, hostName, options);
    const failover = new Failover(this.namespaceOf(hostName), 'Failover', this.records, hostName, options);
    this._failovers.set(hostName, failover.healthCheck);
  }

  /**
   * Names one machine inside the VPC, forward (A, AAAA) and reverse (PTR).
   * @param hostName Full name, in the private zone.
   * @param addresses IPv4 and IPv6 addresses, each in one of `reverseCidrs`.
   */
  public addHost(hostName: string, ...addresses: string[]): void {
    if (!this.hosts || !this.privateZone) {
      throw invalid(this, "addHost() needs 'vpc', the network that sees the name");
    }
    validateInZone(this, 'hostName', hostName, this.privateZone.zoneName);
    const zones = this.hosts.zonesOf(hostName, addresses);
    this.hosts.define(this.namespaceOf(hostName), hostName, zones);
  }

  /** 1 while the primary target of a failover answers, else 0. The metric lives in us-east-1. */
  public metricHealth(hostName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const healthCheck = this._failovers.get(hostName);
    if (!healthCheck) {
      throw invalid(this, `'${hostName}' has no health to measure; addFailover() defines its check`);
    }
    return healthMetric(healthCheck.healthCheckId, options);
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

  private defineReverseZones(vpc: ec2.IVpc, props: PlatformDnsProps): route53.PrivateHostedZone[] {
    const { reverseCidrs = [], reverseZoneNames = [] } = props;
    validateReverseZoneNames(this, reverseZoneNames);
    const computed = reverseCidrs.map((cidr) => {
      validateReverseCidr(this, cidr);
      return (reverseZoneName(cidr) as { readonly zoneName: string }).zoneName;
    });
    const names = [...computed, ...reverseZoneNames];
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

  private defineInbound(vpc: ec2.IVpc, props: PlatformDnsProps) {
    if (!props.inboundFrom) {
      return undefined;
    }
    validateInboundFrom(this, props.inboundFrom);
    return new InboundEndpoint(this, 'Inbound', {
      vpc,
      subnets: props.resolverSubnets,
      addresses: props.inboundAddresses,
      from: props.inboundFrom,
    });
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

  private outboundId(): string {
    if (!this.outbound) {
      throw invalid(this, "there is no outbound endpoint to measure; 'forwardingRules' defines it");
    }
    return this.outbound.endpointId;
  }

  private addAlias(hostName: string, target: DnsTarget): void {
    validateInZone(this, 'hostName', hostName, this.publicZone.zoneName);
    const namespace = this.namespaceOf(hostName);
    const { alias, ipv6 } = target._bind(namespace);
    const record = {
      zone: this.records,
      recordName: `${hostName}.`,
      target: route53.RecordTarget.fromAlias({ bind: () => alias }),
    };
    new route53.ARecord(namespace, 'A', record);
    if (ipv6) {
      new route53.AaaaRecord(namespace, 'AAAA', record);
    }
  }

  /** Records of one name stand together; a name used twice is a mistake that deployment would find late. */
  private namespaceOf(hostName: string): Construct {
    if (this.node.tryFindChild(hostName)) {
      throw invalid(this, `'${hostName}' has a record already; a name points at one place`);
    }
    return new Construct(this, hostName);
  }
}

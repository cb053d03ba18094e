import { Duration } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { DRAIN_MARGIN_SECONDS } from './constants';
import type { Exposure } from './exposure';
import { hostRules } from './routing';
import type { ServiceDefinition } from './service-definition';
import type { LoadBalancerSubnets } from './subnets';

export interface WebEntranceProps {
  readonly vpc: ec2.IVpc;
  readonly subnets: LoadBalancerSubnets;
  readonly certificates: readonly acm.ICertificate[];
  readonly services: readonly ServiceDefinition[];
  readonly proxyPorts: ReadonlyMap<string, number>;
  readonly exposure: Exposure;
  readonly ocppIdleTimeout: Duration;
  readonly ocppDrainWindow: Duration;
  readonly accessLogs: s3.IBucket;
}

const NOT_FOUND = elbv2.ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'Not found' });

/** The application load balancer with one target group per service, and the web's listener. */
export class WebEntrance extends Construct {
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  /** By service. */
  public readonly targetGroups: ReadonlyMap<string, elbv2.ApplicationTargetGroup>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WebEntranceProps,
  ) {
    super(scope, id);
    const securityGroup = this.defineSecurityGroup();
    this.loadBalancer = this.defineLoadBalancer(securityGroup);
    this.targetGroups = new Map(props.services.map((service) => [service.name, this.defineTargetGroup(service)]));
    this.defineListeners();
    if (props.exposure._internal) {
      this.openToCloudFront(securityGroup);
    } else {
      this.openToEverybody(securityGroup);
    }
  }

  public get services(): readonly ServiceDefinition[] {
    return this.props.services;
  }

  /** Ports of NGINX, by service. */
  public get proxyPorts(): ReadonlyMap<string, number> {
    return this.props.proxyPorts;
  }

  private defineSecurityGroup(): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: this.props.vpc,
      description: 'Application load balancer of the platform',
      allowAllOutbound: false,
    });
  }

  private defineLoadBalancer(securityGroup: ec2.ISecurityGroup): elbv2.ApplicationLoadBalancer {
    const { vpc, subnets, exposure, ocppIdleTimeout, accessLogs } = this.props;
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      vpcSubnets: { subnets: subnets.web },
      internetFacing: !exposure._internal,
      securityGroup,
      deletionProtection: true,
      idleTimeout: ocppIdleTimeout,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: elbv2.DesyncMitigationMode.DEFENSIVE,
      xffHeaderProcessingMode: elbv2.XffHeaderProcessingMode.APPEND,
      // Listeners for charge points stand on other ports than the charge points know, which must not enter the Host header.
      preserveHostHeader: true,
    });
    loadBalancer.setAttribute('zonal_shift.config.enabled', 'true');
    loadBalancer.logAccessLogs(accessLogs, 'access');
    // The only record of charge points that fail in the TLS handshake.
    loadBalancer.logConnectionLogs(accessLogs, 'connections');
    return loadBalancer;
  }

  private defineTargetGroup(service: ServiceDefinition): elbv2.ApplicationTargetGroup {
    const ocpp = service.protocol === 'ocpp';
    return new elbv2.ApplicationTargetGroup(this, `${service.name}Targets`, {
      vpc: this.props.vpc,
      targetType: elbv2.TargetType.INSTANCE,
      protocol: elbv2.ApplicationProtocol.HTTP,
      port: this.props.proxyPorts.get(service.name),
      // Sockets live for days: taking turns would leave a new machine empty until the old ones are restarted.
      loadBalancingAlgorithmType: ocpp
        ? elbv2.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS
        : elbv2.TargetGroupLoadBalancingAlgorithmType.ROUND_ROBIN,
      // Longer than the machine takes to close its sockets one after another: the load balancer cuts what is left all at once.
      deregistrationDelay: ocpp
        ? Duration.seconds(this.props.ocppDrainWindow.toSeconds() + DRAIN_MARGIN_SECONDS)
        : Duration.seconds(30),
      healthCheck: {
        path: service.healthCheckPath,
        healthyHttpCodes: '200',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
  }

  private defineListeners(): void {
    const https = this.loadBalancer.addListener('Https', {
      port: 443,
      protocol: elbv2.ApplicationProtocol.HTTPS,
      certificates: [...this.props.certificates],
      sslPolicy: this.props.exposure._sslPolicy,
      open: false,
      defaultAction: NOT_FOUND,
    });
    https.setAttribute('routing.http.response.strict_transport_security.header_value', 'max-age=31536000');
    https.setAttribute('routing.http.response.x_content_type_options.header_value', 'nosniff');
    hideServer(https);
    refuseForgedPort(https, this.props.services);
    for (const rule of hostRules(this.props.services)) {
      https.addAction(rule.id, {
        priority: rule.priority,
        conditions: [
          elbv2.ListenerCondition.hostHeaders([...rule.hostNames]),
          ...(rule.paths.length > 0 ? [elbv2.ListenerCondition.pathPatterns([...rule.paths])] : []),
        ],
        action: elbv2.ListenerAction.forward([this.targetGroup(rule.service)]),
      });
    }
    if (this.props.exposure._httpRedirect) {
      const redirect = this.loadBalancer.addListener('Redirect', {
        port: 80,
        protocol: elbv2.ApplicationProtocol.HTTP,
        open: false,
        defaultAction: elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
      });
      hideServer(redirect);
      acknowledge(
        redirect,
        'This listener answers nothing but a redirect to HTTPS',
        'NIST.800.53.R5-ELBv2ACMCertificateRequired',
        'PCI.DSS.321-ELBv2ACMCertificateRequired',
      );
    }
  }

  /** The service's target group. */
  public targetGroup(service: string): elbv2.ApplicationTargetGroup {
    return this.targetGroups.get(service) as elbv2.ApplicationTargetGroup;
  }

  private openToEverybody(securityGroup: ec2.SecurityGroup): void {
    securityGroup.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'Web requests from anywhere');
    if (this.props.exposure._httpRedirect) {
      securityGroup.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(80), 'Redirect to HTTPS, from anywhere');
    }
    acknowledge(
      securityGroup,
      'The public entrance of the platform: drivers and partners call from anywhere',
      'AwsSolutions-EC23',
    );
  }

  private openToCloudFront(securityGroup: ec2.SecurityGroup): void {
    const prefixList = this.props.exposure._prefixList;
    if (prefixList === undefined) {
      securityGroup.addIngressRule(
        ec2.Peer.anyIpv4(),
        ec2.Port.tcp(443),
        'CloudFront, and what the VPC is connected to',
      );
      acknowledge(
        securityGroup,
        'The load balancer is internal and has no public address: only CloudFront by its VPC origin, the VPC and connected networks reach it',
        'AwsSolutions-EC23',
      );
      return;
    }
    // A group of its own: a managed prefix list counts with its most entries, 55, and a group holds 60 rules.
    const cloudFront = new ec2.SecurityGroup(this, 'CloudFront', {
      vpc: this.props.vpc,
      description: 'CloudFront to the application load balancer of the platform',
      allowAllOutbound: false,
    });
    cloudFront.addIngressRule(prefixList, ec2.Port.tcp(443), 'Web requests from CloudFront');
    const resource = this.loadBalancer.node.defaultChild as elbv2.CfnLoadBalancer;
    resource.securityGroups = [securityGroup.securityGroupId, cloudFront.securityGroupId];
  }
}

/** Answers do not say which software gave them. */
export function hideServer(listener: elbv2.ApplicationListener): void {
  listener.setAttribute('routing.http.response.server.enabled', 'false');
}

/**
 * NGINX believes what a header says about a client's certificate by the port that the load balancer names in `X-Forwarded-Port`. A client
 * who writes this header himself is refused, so that no listener without mutual TLS can be taken for one with it.
 */
export function refuseForgedPort(listener: elbv2.ApplicationListener, services: readonly ServiceDefinition[]): void {
  if (!services.some(({ endpoints }) => endpoints.some(({ _trustStore }) => _trustStore))) {
    return;
  }
  listener.addAction('ForgedPort', {
    priority: 1,
    conditions: [elbv2.ListenerCondition.httpHeader('X-Forwarded-Port', ['*'])],
    action: elbv2.ListenerAction.fixedResponse(400, { contentType: 'text/plain', messageBody: 'Bad request' }),
  });
}

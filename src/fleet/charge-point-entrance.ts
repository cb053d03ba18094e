import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as targets from 'aws-cdk-lib/aws-elasticloadbalancingv2-targets';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { ENTRANCE_HEALTH_PORT } from './constants';
import type { OcppElasticIpAttributes } from './elastic-ip';
import type { OcppEndpoint } from './ocpp-endpoint';
import { listenerPort } from './ports';
import { hideServer, refuseForgedPort, type WebEntrance } from './web-entrance';

/** What nag says of a listener for plain HTTP. */
const WITHOUT_TLS = ['NIST.800.53.R5-', 'PCI.DSS.321-'].flatMap((pack) => [
  `${pack}ALBHttpToHttpsRedirection`,
  `${pack}ELBv2ACMCertificateRequired`,
]);

export interface ChargePointEntranceProps {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.ISubnet[];
  readonly web: WebEntrance;
  readonly certificates: readonly acm.ICertificate[];
  /** One per zone in the order of the subnets. @default - new ones */
  readonly addresses?: readonly OcppElasticIpAttributes[];
}

/**
 * The network load balancer with a fixed address per zone. It passes TCP through to listeners of the application load balancer,
 * one per endpoint, where TLS ends, because TLS policy and trust store belong to a listener.
 */
export class ChargePointEntrance extends Construct {
  public readonly loadBalancer: elbv2.NetworkLoadBalancer;
  /** The fixed addresses, one per zone. */
  public readonly addresses: readonly OcppElasticIpAttributes[];
  public readonly targetGroups: elbv2.NetworkTargetGroup[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ChargePointEntranceProps,
  ) {
    super(scope, id);
    this.addresses = props.addresses ?? props.subnets.map((subnet, index) => this.defineAddress(subnet, index + 1));
    this.loadBalancer = this.defineLoadBalancer();
    this.defineHealthListener();
  }

  /** Leads the endpoint's port to the service's target group. */
  public addEndpoint(endpoint: OcppEndpoint, service: string): void {
    const port = listenerPort(endpoint.port);
    const listener = this.defineListener(endpoint, port, service);
    const targetGroup = this.defineTargetGroup(endpoint, listener);
    this.targetGroups.push(targetGroup);
    const passThrough = this.loadBalancer.addListener(`Ocpp${endpoint.port}`, {
      port: endpoint.port,
      protocol: elbv2.Protocol.TCP,
      // The longest there is: the application load balancer, which stays below, decides and can close the socket politely.
      tcpIdleTimeout: Duration.seconds(6000),
      defaultTargetGroups: [targetGroup],
    });
    acknowledge(
      passThrough,
      'TCP is passed through; TLS ends at the application load balancer behind, where the web ACL and client certificates are checked',
      'NIST.800.53.R5-ELBv2ACMCertificateRequired',
      'PCI.DSS.321-ELBv2ACMCertificateRequired',
    );
    this.loadBalancer.connections.allowFromAnyIpv4(
      ec2.Port.tcp(endpoint.port),
      `Charge points to ${endpoint.hostName}`,
    );
    this.loadBalancer.connections.allowTo(
      this.props.web.loadBalancer,
      ec2.Port.tcp(port),
      `Charge points to ${endpoint.hostName}`,
    );
  }

  /** Where TLS ends: the listener of the application load balancer behind the endpoint. */
  private defineListener(endpoint: OcppEndpoint, port: number, service: string): elbv2.ApplicationListener {
    const { web, certificates } = this.props;
    const { _sslPolicy: sslPolicy, _trustStore: trustStore, hostName } = endpoint;
    const tls = sslPolicy && {
      certificates: [...certificates],
      sslPolicy,
      mutualAuthentication: trustStore && {
        mutualAuthenticationMode: elbv2.MutualAuthenticationMode.VERIFY,
        trustStore,
      },
    };
    const listener = web.loadBalancer.addListener(`Ocpp${endpoint.port}`, {
      port,
      protocol: tls ? elbv2.ApplicationProtocol.HTTPS : elbv2.ApplicationProtocol.HTTP,
      ...tls,
      open: false,
      defaultAction: elbv2.ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'Not found' }),
    });
    hideServer(listener);
    if (trustStore === undefined) {
      refuseForgedPort(listener, web.services);
    }
    listener.addAction('Service', {
      priority: 2,
      // Some charge points send the port in the Host header, and a colon may not stand in a condition.
      conditions: [elbv2.ListenerCondition.hostHeaders([hostName, `${hostName}?*`])],
      action: elbv2.ListenerAction.forward([web.targetGroup(service)]),
    });
    if (!tls) {
      acknowledge(
        listener,
        'OCPP security profile 1, asked for by name for charge points without TLS that come through a private network',
        ...WITHOUT_TLS,
      );
    }
    return listener;
  }

  private defineAddress(subnet: ec2.ISubnet, number: number): OcppElasticIpAttributes {
    const address = new ec2.CfnEIP(this, `Address${number}`, { domain: 'vpc' });
    address.node.addDependency(subnet.internetConnectivityEstablished);
    address.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return { allocationId: address.attrAllocationId, address: address.ref };
  }

  private defineLoadBalancer(): elbv2.NetworkLoadBalancer {
    const { vpc, subnets } = this.props;
    // It cannot be added later without replacing the load balancer.
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Network load balancer of the charge points',
      allowAllOutbound: false,
    });
    acknowledge(
      securityGroup,
      'Charge points call from any address; a web ACL and TLS, mutual where asked for, stand behind',
      'AwsSolutions-EC23',
    );
    const loadBalancer = new elbv2.NetworkLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing: true,
      subnetMappings: subnets.map((subnet, index) => ({
        subnet,
        allocationId: this.addresses[index].allocationId,
      })),
      securityGroups: [securityGroup],
      crossZoneEnabled: false,
      zonalShift: true,
      deletionProtection: true,
    });
    acknowledge(
      loadBalancer,
      'A network load balancer logs TLS listeners only and these are TCP; the application load balancer behind logs every connection and request',
      'AwsSolutions-ELB2',
      'NIST.800.53.R5-ELBLoggingEnabled',
      'PCI.DSS.321-ELBLoggingEnabled',
    );
    return loadBalancer;
  }

  /** What the health checks ask: against a listener with mutual TLS a check could never succeed. */
  private defineHealthListener(): void {
    const alb = this.props.web.loadBalancer;
    const listener = alb.addListener('EntranceHealth', {
      port: ENTRANCE_HEALTH_PORT,
      protocol: elbv2.ApplicationProtocol.HTTP,
      open: false,
      defaultAction: elbv2.ListenerAction.fixedResponse(200, { contentType: 'text/plain', messageBody: 'OK' }),
    });
    acknowledge(
      listener,
      'It answers a fixed 200 to the health checks of the network load balancer, the only one its port is open to, and carries no data',
      ...WITHOUT_TLS,
    );
    this.loadBalancer.connections.allowTo(
      alb,
      ec2.Port.tcp(ENTRANCE_HEALTH_PORT),
      'Health checks of the network load balancer',
    );
    hideServer(listener);
  }

  private defineTargetGroup(endpoint: OcppEndpoint, listener: elbv2.ApplicationListener): elbv2.NetworkTargetGroup {
    // A target group holds one load balancer: another one (the exposure changed) needs a target group of its own.
    return new elbv2.NetworkTargetGroup(this, `${this.props.web.node.id}${endpoint.port}`, {
      vpc: this.props.vpc,
      targetType: elbv2.TargetType.ALB,
      protocol: elbv2.Protocol.TCP,
      port: listenerPort(endpoint.port),
      targets: [new targets.AlbListenerTarget(listener)],
      healthCheck: {
        protocol: elbv2.Protocol.HTTP,
        port: String(ENTRANCE_HEALTH_PORT),
        path: '/',
        healthyHttpCodes: '200',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
      },
    });
  }
}

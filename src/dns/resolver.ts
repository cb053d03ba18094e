import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as resolver from 'aws-cdk-lib/aws-route53resolver';
import { Construct } from 'constructs';
import type { ForwardingRule } from './forwarding-rule';
import { validateInboundAddresses, validateResolverSubnets } from './resolver-validation';

export interface EndpointProps {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection | undefined;
  /** One in each subnet. @default - AWS chooses */
  readonly addresses?: string[];
}

/** Network interfaces of the VPC's resolver, one in each subnet. */
abstract class Endpoint extends Construct {
  public readonly endpointId: string;
  protected readonly securityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, direction: 'INBOUND' | 'OUTBOUND', props: EndpointProps) {
    super(scope, id);
    const subnets = props.vpc.selectSubnets(props.subnets ?? { onePerAz: true }).subnets;
    validateResolverSubnets(
      scope,
      subnets.map(({ availabilityZone }) => availabilityZone),
    );
    validateInboundAddresses(scope, props.addresses, subnets);
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: `Resolver endpoint, ${direction.toLowerCase()}`,
      allowAllOutbound: false,
    });
    const endpoint = new resolver.CfnResolverEndpoint(this, 'Endpoint', {
      direction,
      securityGroupIds: [this.securityGroup.securityGroupId],
      ipAddresses: subnets.map(({ subnetId }, index) => ({ subnetId, ip: props.addresses?.[index] })),
    });
    this.endpointId = endpoint.attrResolverEndpointId;
  }
}

/** Asks other DNS servers on the VPC's behalf. */
export class OutboundEndpoint extends Endpoint {
  constructor(scope: Construct, id: string, props: EndpointProps & { readonly rules: ForwardingRule[] }) {
    super(scope, id, 'OUTBOUND', props);
    for (const target of new Set(props.rules.flatMap(({ targets }) => targets))) {
      const peer = ec2.Peer.ipv4(`${target}/32`);
      this.securityGroup.addEgressRule(peer, ec2.Port.udp(53), 'DNS questions to a forwarder');
      this.securityGroup.addEgressRule(peer, ec2.Port.tcp(53), 'DNS questions to a forwarder, long answers');
    }
    for (const rule of props.rules) {
      this.forward(rule, props.vpc);
    }
  }

  private forward({ domainName, targets, everything }: ForwardingRule, vpc: ec2.IVpc): void {
    const scope = new Construct(this, everything ? 'Everything' : domainName);
    const rule = new resolver.CfnResolverRule(scope, 'Rule', {
      ruleType: 'FORWARD',
      domainName,
      resolverEndpointId: this.endpointId,
      targetIps: targets.map((ip) => ({ ip, port: '53' })),
    });
    new resolver.CfnResolverRuleAssociation(scope, 'Association', {
      resolverRuleId: rule.attrResolverRuleId,
      vpcId: vpc.vpcId,
    });
  }
}

/** Answers other networks what the VPC itself would be answered. */
export class InboundEndpoint extends Endpoint {
  constructor(scope: Construct, id: string, props: EndpointProps & { readonly from: string[] }) {
    super(scope, id, 'INBOUND', props);
    for (const cidr of props.from) {
      this.securityGroup.addIngressRule(ec2.Peer.ipv4(cidr), ec2.Port.udp(53), 'DNS questions of another network');
      this.securityGroup.addIngressRule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(53), 'DNS questions, long answers');
    }
  }
}

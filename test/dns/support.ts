import type { Stack } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PlatformDns, type PlatformDnsProps } from '../../src/dns';
import { acknowledge } from '../../src/private/acknowledge';
import { newStack } from '../support/stacks';

export function newVpc(stack: Stack, zones = ['eu-south-2a', 'eu-south-2b']): ec2.Vpc {
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    availabilityZones: zones,
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [{ name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
  });
  const reason = 'Stands for the network of another room, which logs its flows and closes its default group';
  const rules = ['VPCFlowLogsEnabled', 'VPCDefaultSecurityGroupClosed'];
  acknowledge(
    vpc,
    reason,
    'AwsSolutions-VPC7',
    ...rules.flatMap((rule) => [`NIST.800.53.R5-${rule}`, `PCI.DSS.321-${rule}`]),
  );
  return vpc;
}

export interface Defined {
  readonly stack: Stack;
  readonly dns: PlatformDns;
}

/** A platform's names with a VPC; `without` props are left out. */
export function define(props: Partial<PlatformDnsProps> = {}): Defined {
  const stack = newStack();
  return { stack, dns: new PlatformDns(stack, 'Dns', { zoneName: 'example.com', vpc: newVpc(stack), ...props }) };
}

export function loadBalancerOf(stack: Stack): elbv2.IApplicationLoadBalancer {
  return elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Alb', {
    loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-south-2:111122223333:loadbalancer/app/platform/1111222233334444',
    securityGroupId: 'sg-11112222',
    loadBalancerDnsName: 'platform.eu-south-2.elb.amazonaws.com',
    loadBalancerCanonicalHostedZoneId: 'Z0956581394HF5D5LXGAP',
  });
}

export function distributionOf(stack: Stack, id = 'Cdn'): cloudfront.IDistribution {
  return (
    (stack.node.tryFindChild(id) as unknown as cloudfront.IDistribution) ??
    cloudfront.Distribution.fromDistributionAttributes(stack, id, {
      distributionId: `E${id.toUpperCase()}`,
      domainName: `${id.toLowerCase()}.cloudfront.net`,
    })
  );
}

import { App, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { WebDistribution, type WebDistributionProps } from '../../src/edge';
import { acknowledge } from '../../src/private/acknowledge';
import { EDGE, SPAIN } from '../support/stacks';

/** The stacks of a platform in Spain with its edge in us-east-1, and what a distribution needs of them. */
export class EdgeFixture {
  public readonly app = new App();
  public readonly edge = new Stack(this.app, 'Edge', { env: EDGE });
  public readonly platform = new Stack(this.app, 'Platform', { env: SPAIN });
  public readonly telemetry = new Stack(this.app, 'EdgeTelemetry', { env: EDGE });
  public readonly certificate = new acm.Certificate(this.edge, 'Certificate', { domainName: '*.example.com' });
  public readonly webAcl = webAclOf(this.edge, 'CLOUDFRONT');
  public readonly origin = loadBalancerOf(this.platform);

  public distribution(props: Partial<WebDistributionProps> = {}, id = 'Cdn', stack = this.platform): WebDistribution {
    return new WebDistribution(stack, id, {
      hostNames: ['api.example.com', 'backoffice.example.com'],
      origin: this.origin,
      originHostName: 'origin.example.com',
      certificate: this.certificate,
      webAcl: this.webAcl,
      ...props,
    });
  }
}

export function webAclOf(stack: Stack, scope: string): wafv2.CfnWebACL {
  const visibilityConfig = { cloudWatchMetricsEnabled: true, metricName: 'acl', sampledRequestsEnabled: true };
  const webAcl = new wafv2.CfnWebACL(stack, `WebAcl${scope}`, {
    scope,
    defaultAction: { allow: {} },
    visibilityConfig,
  });
  const reason = 'Stands for the web ACL of another room, which is logged';
  acknowledge(webAcl, reason, 'NIST.800.53.R5-WAFv2LoggingEnabled', 'PCI.DSS.321-WAFv2LoggingEnabled');
  return webAcl;
}

function loadBalancerOf(stack: Stack): elbv2.IApplicationLoadBalancer {
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-11112222',
    availabilityZones: ['eu-south-2a', 'eu-south-2b'],
    privateSubnetIds: ['subnet-11111111', 'subnet-22222222'],
  });
  return elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Alb', {
    loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-south-2:111122223333:loadbalancer/app/platform/1111222233334444',
    securityGroupId: 'sg-11112222',
    loadBalancerDnsName: 'internal-platform.eu-south-2.elb.amazonaws.com',
    vpc,
  });
}

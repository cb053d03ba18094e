import { Stack, Token } from 'aws-cdk-lib';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import { WebAclScope } from './web-acl-scope';

const EDGE_REGION = 'us-east-1';

export function validateScope(scope: Construct, webAclScope: WebAclScope): void {
  const { region } = Stack.of(scope);
  if (webAclScope === WebAclScope.CLOUDFRONT && !Token.isUnresolved(region) && region !== EDGE_REGION) {
    throw invalid(
      scope,
      `'scope' CLOUDFRONT must be in a stack of ${EDGE_REGION}, got '${region}'; define the web ACL there and give it to the distribution`,
    );
  }
}

export function validateProtects(
  scope: Construct,
  webAclScope: WebAclScope,
  loadBalancers: readonly elbv2.IApplicationLoadBalancer[],
): void {
  if (webAclScope === WebAclScope.CLOUDFRONT && loadBalancers.length > 0) {
    throw invalid(
      scope,
      `'protects' must be empty in scope CLOUDFRONT, got ${loadBalancers.length}; give the web ACL to the distribution instead`,
    );
  }
}

import type { IConstruct } from 'constructs';

/**
 * Behaviour of the CDK's own constructs that would otherwise follow the consumer's `cdk.json`.
 * @see https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cx-api/FEATURE_FLAGS.md
 */
const PINNED_FLAGS = [
  '@aws-cdk/aws-apigateway:disableCloudWatchRole',
  '@aws-cdk/aws-apigateway:requestValidatorUniqueId',
  '@aws-cdk/aws-elasticloadbalancingv2:networkLoadBalancerWithSecurityGroupByDefault',
  '@aws-cdk/aws-elasticloadbalancingv2:usePostQuantumTlsPolicy',
  '@aws-cdk/aws-lambda:useCdkManagedLogGroup',
  '@aws-cdk/aws-rds:databaseProxyUniqueResourceName',
  '@aws-cdk/aws-s3:createDefaultLoggingPolicy',
  '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy',
];

/** Fixes the flags for everything below `scope`. Call it before the first child is defined. */
export function pinFeatureFlags(scope: IConstruct): void {
  for (const flag of PINNED_FLAGS) {
    scope.node.setContext(flag, true);
  }
}

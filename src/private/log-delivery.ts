import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * Who writes the logs of AWS's services, and that it does so for this account and region alone: what a statement of a resource's
 * policy has beside its actions. Without such a statement AWS adds its own, if whoever deploys may change policies.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
 */
export function logDelivery(scope: IConstruct) {
  const { account, partition, region } = Stack.of(scope);
  return {
    principals: [new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
    conditions: {
      StringEquals: { 'aws:SourceAccount': account },
      ArnLike: { 'aws:SourceArn': `arn:${partition}:logs:${region}:${account}:*` },
    },
  };
}

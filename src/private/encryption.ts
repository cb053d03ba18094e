import { Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { logDelivery } from './log-delivery';

/**
 * A key with rotation, kept on removal because what it encrypted may outlive the stack.
 * CloudWatch Logs may use it for this account's log groups; CDK adds no such statement of its own.
 */
export function defineKey(scope: Construct, id: string, description: string): kms.Key {
  const key = new kms.Key(scope, id, { description, enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN });
  const stack = Stack.of(scope);
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'LogGroups',
      principals: [new iam.ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
      // In order: CDK sorts them or not by a flag of the consumer that it asks of the stack, where it cannot be pinned.
      actions: ['kms:Decrypt', 'kms:Describe*', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${Aws.PARTITION}:logs:${stack.region}:${stack.account}:log-group:*`,
        },
      },
    }),
  );
  return key;
}

/**
 * Lets SES publish to a topic that `key` encrypts, which CDK does not add and without which messages are lost. For other publishers the
 * condition is not right: EventBridge and CloudWatch send no source account.
 */
export function allowMailEvents(key: kms.IKey): void {
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'Publishers',
      principals: [new iam.ServicePrincipal('ses.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(key).account } },
    }),
  );
}

/**
 * Lets AWS write its logs to a bucket that `key` encrypts.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html
 */
export function allowLogDelivery(key: kms.IKey): void {
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      ...logDelivery(key),
      sid: 'LogDelivery',
      actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
    }),
  );
}

/**
 * Lets EventBridge leave events in a queue that `key` encrypts. Without a condition: of its deliveries to encrypted targets it sends no
 * source, and what a condition refuses is lost without a trace.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function allowEvents(key: kms.IKey): void {
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'Events',
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
    }),
  );
}

import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { IConstruct } from 'constructs';

/** Services that publish to alert topics under their own name. */
const SERVICES = ['cloudwatch.amazonaws.com', 'backup.amazonaws.com', 'ses.amazonaws.com'];

/** Who may publish to `topic`. A policy of its own takes the place of the one that SNS gives a topic, so CloudWatch must be named. */
export function mayPublish(topic: sns.ITopic): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      sid: 'Publishers',
      principals: SERVICES.map((service) => new iam.ServicePrincipal(service)),
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } },
    }),
    new iam.PolicyStatement({
      sid: 'AutoScaling',
      principals: [new iam.AnyPrincipal()],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: ofAutoScaling(topic),
    }),
  ];
}

/** Lets topics leave messages in `queue`. Not these topics alone: those of other regions are not known where the queue is. */
export function topicsMaySend(queue: sqs.IQueue): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'Topics',
    principals: snsPrincipals(queue),
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: ofTopics(queue),
  });
}

/** Lets EventBridge leave in `queue` the events that it could not deliver. */
export function eventsMaySend(queue: sqs.IQueue): iam.PolicyStatement {
  const { region, account } = Stack.of(queue);
  return new iam.PolicyStatement({
    sid: 'Events',
    principals: [new iam.ServicePrincipal('events.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: { ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:events:${region}:${account}:rule/*` } },
  });
}

/** What the CDK does not add to a key and without which messages are lost without a trace. */
export function allowUse(key: kms.IKey): void {
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'Publishers',
      // Without a condition: SNS documents that EventBridge supports none in the policy of a topic's key, and of the others
      // none is documented to send one to KMS. Who may publish is decided by the topics, which name this account.
      principals: [...SERVICES, 'events.amazonaws.com'].map((service) => new iam.ServicePrincipal(service)),
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
    }),
  );
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'TopicsToQueues',
      principals: snsPrincipals(key),
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: ofTopics(key),
    }),
  );
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'AutoScaling',
      principals: [new iam.AnyPrincipal()],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: ofAutoScaling(key),
    }),
  );
}

/** Names under which topics deliver to the region: those of other regions use its own where it must be opted into. */
function snsPrincipals(scope: IConstruct): iam.ServicePrincipal[] {
  const { region } = Stack.of(scope);
  const names = RegionInfo.get(region).isOptInRegion ? ['sns', `sns.${region}`] : ['sns'];
  return names.map((name) => new iam.ServicePrincipal(`${name}.amazonaws.com`));
}

/** The account's topics, of every region: the ARN is what SNS sends to queues and keys. */
function ofTopics(scope: IConstruct) {
  return { ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:sns:*:${Stack.of(scope).account}:*` } };
}

/**
 * Auto Scaling publishes as its service-linked role. It is named by a condition because a policy that names a role as its principal
 * is refused where the role does not exist yet, as in an account that never had a group.
 */
function ofAutoScaling(scope: IConstruct) {
  const { account } = Stack.of(scope);
  return {
    StringEquals: { 'aws:PrincipalAccount': account },
    ArnLike: {
      'aws:PrincipalArn': `arn:${Aws.PARTITION}:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling*`,
    },
  };
}

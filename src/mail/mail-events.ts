import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { allowPublishers } from '../private/encryption';

/** What SES tells: all that went wrong, nothing of mail that arrived. */
const EVENTS = [
  ses.EmailSendingEvent.BOUNCE,
  ses.EmailSendingEvent.COMPLAINT,
  ses.EmailSendingEvent.REJECT,
  ses.EmailSendingEvent.RENDERING_FAILURE,
  ses.EmailSendingEvent.DELIVERY_DELAY,
];

export interface MailEventsProps {
  readonly configurationSet: ses.ConfigurationSet;
  readonly configurationSetName: string;
  readonly encryptionKey: kms.IKey;
}

/** Events of a configuration set: published to a topic, remembered in a queue. */
export class MailEvents extends Construct {
  public readonly topic: sns.Topic;
  public readonly record: sqs.Queue;
  /** Events that the topic could not deliver to the record. */
  public readonly undelivered: sqs.Queue;

  constructor(scope: Construct, id: string, props: MailEventsProps) {
    super(scope, id);
    this.allowUse(props.encryptionKey);
    this.topic = new sns.Topic(this, 'Topic', { masterKey: props.encryptionKey, enforceSSL: true });
    this.undelivered = this.defineQueue('Undelivered', props.encryptionKey);
    acknowledge(this.undelivered, 'This is the dead-letter queue', 'AwsSolutions-SQS3');
    this.record = this.defineRecord(props.encryptionKey);
    this.definePublishing(props);
  }

  private allowUse(key: kms.IKey): void {
    allowPublishers(key, 'ses.amazonaws.com');
    // Not the topic's own ARN: the topic needs the key, so the key cannot need the topic.
    const { partition, region, account } = Stack.of(this);
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'TopicsToQueues',
        principals: [new iam.ServicePrincipal('sns.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { ArnLike: { 'aws:SourceArn': `arn:${partition}:sns:${region}:${account}:*` } },
      }),
    );
  }

  private defineRecord(key: kms.IKey): sqs.Queue {
    const queue = this.defineQueue('Record', key);
    acknowledge(
      queue,
      'The queue is a record that people read; nothing consumes it, so no message can fail. Messages that do not reach it have a dead-letter queue',
      'AwsSolutions-SQS3',
    );
    queue.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('sns.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': this.topic.topicArn } },
      }),
    );
    new sns.Subscription(this, 'Subscription', {
      topic: this.topic,
      protocol: sns.SubscriptionProtocol.SQS,
      endpoint: queue.queueArn,
      rawMessageDelivery: true,
      deadLetterQueue: this.undelivered,
    });
    return queue;
  }

  private defineQueue(id: string, encryptionMasterKey: kms.IKey): sqs.Queue {
    return new sqs.Queue(this, id, { encryptionMasterKey, enforceSSL: true, retentionPeriod: Duration.days(14) });
  }

  private definePublishing({ configurationSet, configurationSetName }: MailEventsProps): void {
    const { account } = Stack.of(this);
    const sourceArn = Stack.of(this).formatArn({
      service: 'ses',
      resource: 'configuration-set',
      resourceName: configurationSetName,
    });
    const { policyDependable } = this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'MailEvents',
        principals: [new iam.ServicePrincipal('ses.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': account }, ArnEquals: { 'aws:SourceArn': sourceArn } },
      }),
    );
    const destination = configurationSet.addEventDestination('ToTopic', {
      destination: ses.EventDestination.snsTopic(this.topic),
      events: EVENTS,
    });
    // SES publishes a test message when it is told of the topic.
    destination.node.addDependency(policyDependable ?? this.topic);
  }
}

import { Duration, Lazy, Stack, type TimeZone } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { PlatformFunction } from '../private/functions';
import * as constants from './constants';
import { NotifierFunction } from './notifier-function';
import { eventsMaySend, topicsMaySend } from './publishers';

export interface NotifierProps {
  readonly encryptionKey: kms.IKey;
  readonly emailTopic?: sns.ITopic;
  readonly webhook?: secretsmanager.ISecret;
  readonly webhookFormat: string;
  readonly timeZone: TimeZone;
}

const TIMEOUT = Duration.seconds(30);
/** With waits that double from half a minute to a quarter of an hour, these last half a day. */
const ATTEMPTS = 60;

/**
 * Turns what arrives on topics into messages for people.
 *
 * Each channel has a queue of its own, so that a webhook that fails is tried again without repeating the e-mail.
 */
export class Notifier extends Construct {
  /** Queues of the channels, to which every topic of alerts is subscribed. */
  public readonly queues: sqs.Queue[] = [];
  public readonly function: PlatformFunction;
  private readonly meanings: constants.TopicMeaning[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NotifierProps,
  ) {
    super(scope, id);
    this.function = new PlatformFunction(this, 'Messages', {
      code: NotifierFunction,
      description: 'Turns alarms and events into messages for operators',
      encryptionKey: props.encryptionKey,
      timeout: TIMEOUT,
      environment: {
        [constants.TIME_ZONE_ENV]: props.timeZone.timezoneName,
        [constants.TOPICS_ENV]: Lazy.string({ produce: () => Stack.of(this).toJsonString(this.meanings) }),
      },
    });
    this.acceptUndelivered();
    if (props.emailTopic) {
      this.addChannel('Email', constants.EMAIL_QUEUE_URL_ENV);
      this.set(constants.EMAIL_TOPIC_ENV, props.emailTopic.topicArn);
      this.function.allow(['sns:Publish'], [props.emailTopic.topicArn]);
    }
    if (props.webhook) {
      this.addChannel('Webhook', constants.WEBHOOK_QUEUE_URL_ENV);
      this.set(constants.WEBHOOK_SECRET_ENV, props.webhook.secretArn);
      this.set(constants.WEBHOOK_FORMAT_ENV, props.webhookFormat);
      this.allowReading(props.webhook);
    }
  }

  public get deadLetterQueue(): sqs.Queue {
    return this.function.deadLetterQueue;
  }

  /** Delivers what is said on `topic`; subscriptions are defined below `scope`. */
  public listenTo(scope: Construct, topic: sns.ITopic, meaning: Omit<constants.TopicMeaning, 'topic'>): void {
    this.meanings.push({ topic: topic.topicArn, ...meaning });
    for (const queue of this.queues) {
      // The L2 would add a statement per topic to the dead letters' policy, which lets in the topics of the account already.
      new sns.CfnSubscription(scope, `To${queue.node.id}`, {
        topicArn: topic.topicArn,
        protocol: 'sqs',
        endpoint: queue.queueArn,
        redrivePolicy: { deadLetterTargetArn: this.deadLetterQueue.queueArn },
      });
    }
  }

  public set(name: string, value: string): void {
    this.function.function.addEnvironment(name, value);
  }

  /** By hand: the CDK's grant wants to name a role in the key's policy, which a policy cannot be. */
  private allowReading({ secretArn, secretFullArn, encryptionKey }: secretsmanager.ISecret): void {
    this.function.allow(['secretsmanager:GetSecretValue'], [secretFullArn ?? `${secretArn}-??????`]);
    if (encryptionKey) {
      this.function.allow(['kms:Decrypt'], [encryptionKey.keyArn]);
    }
  }

  private addChannel(id: string, queueUrlEnv: string): void {
    const queue = new sqs.Queue(this, id, {
      encryptionMasterKey: this.props.encryptionKey,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: Duration.seconds(6 * TIMEOUT.toSeconds()),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: ATTEMPTS },
    });
    queue.addToResourcePolicy(topicsMaySend(queue));
    this.queues.push(queue);
    this.set(queueUrlEnv, queue.queueUrl);
    this.function.allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
      [queue.queueArn],
    );
    new lambda.EventSourceMapping(this, `${id}Source`, {
      target: this.function.function,
      eventSourceArn: queue.queueArn,
      // One at a time: a failure is that message's own. Two at once is the least that SQS sources allow.
      batchSize: 1,
      maxConcurrency: 2,
    });
  }

  /** Topics leave here what a queue did not take, EventBridge what a topic did not take. */
  private acceptUndelivered(): void {
    this.deadLetterQueue.addToResourcePolicy(topicsMaySend(this.deadLetterQueue));
    this.deadLetterQueue.addToResourcePolicy(eventsMaySend(this.deadLetterQueue));
  }
}

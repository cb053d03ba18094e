import { Duration, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { acrossRegions } from '../private/cross-region';
import { defineKey } from '../private/encryption';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { AlertTopics } from './alert-topics';
import type { AlertSeverity, IOperatorAlerts, OperatorAlertOptions, OperatorEventOptions } from './api';
import { inboxOf } from './inbox';
import type { OperatorAlerts } from './operator-alerts';
import { eventsMaySend, topicsMaySend } from './publishers';
import { defineRelayWatch } from './watch';

/** Properties of `OperatorAlertsRelay`. */
export interface OperatorAlertsRelayProps {
  /** The alerts of the platform's own region, which tell people. */
  readonly home: OperatorAlerts;
  /**
   * Key of this region that encrypts topics and dead letters. One that was imported must itself let CloudWatch, EventBridge,
   * Backup, SES and SNS use it, else messages are lost.
   * @default - a key with rotation is defined, kept on removal
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * Alerts of another region, which reach people through the platform's own.
 *
 * CloudWatch alarms reach topics of their own region only: those of CloudFront and its web ACL live in us-east-1, those of SES where
 * mail leaves. The topics of the relay lead straight to the queues of `home`, without a function in between. If `home` has
 * an e-mail address, its reader is asked once more to confirm: an alarm about the relay cannot go through the relay.
 *
 * The relay's region must be one that accounts have from the beginning, such as us-east-1 or eu-west-1: SNS delivers from those to
 * every region.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html
 */
export class OperatorAlertsRelay extends Construct implements IOperatorAlerts {
  /** Region whose alarms it accepts. */
  public readonly region: string;
  /** Key that encrypts topics and dead letters. */
  public readonly encryptionKey: kms.IKey;
  /** What could not be handed over, kept 14 days. */
  public readonly deadLetterQueue: sqs.IQueue;
  private readonly topics: AlertTopics;

  constructor(scope: Construct, id: string, props: OperatorAlertsRelayProps) {
    super(scope, id);
    pinFeatureFlags(this);
    this.region = Stack.of(this).region;
    validateRegions(this, this.region, props.home.region);

    this.encryptionKey =
      props.encryptionKey ?? defineKey(this, 'Key', 'Encrypts alerts on their way to another region');
    this.deadLetterQueue = this.defineDeadLetterQueue();
    this.topics = new AlertTopics(this, 'Topics', {
      encryptionKey: this.encryptionKey,
      deadLetterQueue: this.deadLetterQueue,
      runbookBaseUrl: props.home._runbookBaseUrl,
    });
    for (const [, topic] of this.topics.entries()) {
      this.forward(topic, props.home);
    }
    const { _email: email } = props.home;
    defineRelayWatch(
      this,
      this.deadLetterQueue,
      email === undefined ? undefined : inboxOf(this, email, this.encryptionKey),
    );
  }

  /** The topic of a severity in this region, for a pager or a mobile phone. Messages are CloudWatch's own. */
  public topicOf(severity: AlertSeverity): sns.ITopic {
    return this.topics.of(severity);
  }

  /** Address of the runbook's entry with this heading. */
  public runbookUrl(runbook: string): string {
    return this.topics.runbookUrl(runbook);
  }

  /** Tells people when the alarm fires and when it recovers. Its description gets the severity and the runbook's address. */
  public addAlarm(alarm: cloudwatch.Alarm, options: OperatorAlertOptions): void {
    this.topics.addAlarm(alarm, options);
  }

  /** Tells people when an event happens in this region. The rule is defined below `scope`. */
  public addEvent(scope: Construct, id: string, options: OperatorEventOptions): void {
    this.topics.addEvent(scope, id, options);
  }

  /** Messages that could not be handed over; the maximum of five minutes unless told otherwise. */
  public metricUndelivered(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
      statistic: cloudwatch.Stats.MAXIMUM,
      ...options,
    });
  }

  private defineDeadLetterQueue(): sqs.Queue {
    const queue = new sqs.Queue(this, 'DeadLetters', {
      encryptionMasterKey: this.encryptionKey,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(queue, 'This is the dead-letter queue', 'AwsSolutions-SQS3');
    queue.addToResourcePolicy(topicsMaySend(queue));
    queue.addToResourcePolicy(eventsMaySend(queue));
    return queue;
  }

  private forward(topic: sns.Topic, home: OperatorAlerts): void {
    for (const queue of home._queues) {
      new sns.CfnSubscription(topic, `To${queue.node.id}`, {
        topicArn: topic.topicArn,
        protocol: 'sqs',
        endpoint: acrossRegions(this, home, (queue.node.defaultChild as sqs.CfnQueue).attrArn),
        redrivePolicy: { deadLetterTargetArn: this.deadLetterQueue.queueArn },
      });
    }
  }
}

function validateRegions(scope: Construct, region: string, home: string): void {
  if (Token.isUnresolved(region)) {
    return;
  }
  if (region === home) {
    throw invalid(
      scope,
      `'home' must be of another region than the relay's '${region}'; give constructs of this region 'home' itself`,
    );
  }
  if (RegionInfo.get(region).isOptInRegion) {
    throw invalid(
      scope,
      `the relay's region must be one that every account has, got '${region}', from which SNS does not reach all regions; define OperatorAlerts there too`,
    );
  }
}

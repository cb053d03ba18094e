import { Stack, TimeZone, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { defineKey } from '../private/encryption';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { AlertTopics } from './alert-topics';
import type { AlertSeverity, IOperatorAlerts, OperatorAlertOptions, OperatorEventOptions } from './api';
import { DASHBOARD_ENV } from './constants';
import { inboxOf } from './inbox';
import { Notifier } from './notifier';
import { defineWatch } from './watch';

/** What a webhook is sent. */
export enum WebhookFormat {
  /** `{"text": "…"}` in Slack's markup, which Mattermost, Rocket.Chat and Google Chat understand too. */
  CHAT = 'CHAT',
  /** One JSON object with a field per fact, for on-call services and scripts of your own. */
  JSON = 'JSON',
}

/** Properties of `OperatorAlerts`. */
export interface OperatorAlertsProps {
  /**
   * Address of a person or, better, a list. Whoever reads it must confirm the subscription once, by the link that SNS sends.
   * @default - no e-mail is sent; then `webhook` must be given
   */
  readonly email?: string;
  /**
   * Secret whose plain text is the address of an incoming webhook, `https://…`. Whoever knows that address can write to your
   * chat, which is why it is a secret. A changed secret is read after the next attempt that fails, or within five minutes. If its key is one of
   * yours, import the secret with that key, by `Secret.fromSecretAttributes()`.
   * @default - nothing is posted; then `email` must be given
   */
  readonly webhook?: secretsmanager.ISecret;
  /**
   * What the webhook is sent.
   * @default WebhookFormat.CHAT
   */
  readonly webhookFormat?: WebhookFormat;
  /**
   * Address of the runbook, without `#`: messages and alarms link to its headings. Give your own if you keep a copy.
   * @default 'https://github.com/cdk-charging-platform/cdk-charging-platform/blob/main/docs/runbook.md'
   */
  readonly runbookBaseUrl?: string;
  /**
   * Whose time messages tell.
   * @default TimeZone.EUROPE_MADRID
   */
  readonly timeZone?: TimeZone;
  /**
   * Key that encrypts topics, queues and logs. One that was imported must itself let CloudWatch, EventBridge, Backup, SES,
   * SNS and CloudWatch Logs use it, else messages are lost.
   * @default - a key with rotation is defined, kept on removal
   */
  readonly encryptionKey?: kms.IKey;
}

/** An SNS topic that others write to and that people are told about. */
export interface OperatorTopicOptions extends OperatorAlertOptions {
  /** What it means when something is said there, in one sentence for people. */
  readonly description: string;
}

/** Where the library's runbook is published. */
const RUNBOOK = 'https://github.com/cdk-charging-platform/cdk-charging-platform/blob/main/docs/runbook.md';

/**
 * Tells people what happens to the platform, by e-mail and in a chat, in a few readable lines with links.
 *
 * Without somebody to tell it is refused. With an e-mail address and a webhook each watches over the other: when messages do not
 * arrive on one way, an alarm goes out on the other.
 *
 * Removal: messages under way are lost; the key stays.
 */
export class OperatorAlerts extends Construct implements IOperatorAlerts {
  /** Region whose alarms it accepts; other regions have an `OperatorAlertsRelay`. */
  public readonly region: string;
  /** Key that encrypts topics, queues and logs. */
  public readonly encryptionKey: kms.IKey;
  /** What could not be delivered, kept 14 days. */
  public readonly deadLetterQueue: sqs.IQueue;
  private readonly topics: AlertTopics;
  private readonly notifier: Notifier;
  /** @internal */
  public readonly _email?: string;
  /** @internal */
  public readonly _runbookBaseUrl: string;

  constructor(scope: Construct, id: string, props: OperatorAlertsProps) {
    super(scope, id);
    pinFeatureFlags(this);
    validateChannels(this, props);
    validateEmail(this, props.email);
    this._runbookBaseUrl = props.runbookBaseUrl ?? RUNBOOK;
    validateRunbookBaseUrl(this, this._runbookBaseUrl);

    this.region = Stack.of(this).region;
    this._email = props.email;
    this.encryptionKey = props.encryptionKey ?? defineKey(this, 'Key', 'Encrypts alerts on their way to people');
    const emailTopic = props.email === undefined ? undefined : inboxOf(this, props.email, this.encryptionKey);
    this.notifier = new Notifier(this, 'Notifier', {
      encryptionKey: this.encryptionKey,
      emailTopic,
      webhook: props.webhook,
      webhookFormat: props.webhookFormat ?? WebhookFormat.CHAT,
      timeZone: props.timeZone ?? TimeZone.EUROPE_MADRID,
    });
    this.deadLetterQueue = this.notifier.deadLetterQueue;
    this.topics = new AlertTopics(this, 'Topics', {
      encryptionKey: this.encryptionKey,
      deadLetterQueue: this.deadLetterQueue,
      runbookBaseUrl: this._runbookBaseUrl,
    });
    for (const [severity, topic] of this.topics.entries()) {
      this.notifier.listenTo(topic, topic, { severity });
    }
    defineWatch(this, this.notifier, emailTopic);
  }

  /** The topic of a severity, for a pager or a mobile phone: `alerts.topicOf(AlertSeverity.HIGH)`. Messages are CloudWatch's own. */
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

  /** Tells people when an event happens. The rule is defined below `scope`. */
  public addEvent(scope: Construct, id: string, options: OperatorEventOptions): void {
    this.topics.addEvent(scope, id, options);
  }

  /**
   * Tells people what is said on a topic of this stack, such as `WafIpAccess.changeTopic`. Subscriptions are defined below
   * `scope`. A topic of another stack of the region will do as long as that stack needs nothing of this one.
   */
  public addTopic(scope: Construct, id: string, topic: sns.ITopic, options: OperatorTopicOptions): void {
    validateTopicRegion(this, topic.env.region);
    this.notifier.listenTo(new Construct(scope, id), topic, {
      severity: options.severity,
      what: options.description,
      runbook: this.runbookUrl(options.runbook),
    });
  }

  /** Messages that could not be delivered; the maximum of five minutes unless told otherwise. */
  public metricUndelivered(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
      statistic: cloudwatch.Stats.MAXIMUM,
      ...options,
    });
  }

  /** Attempts to deliver that failed and are repeated; the sum of five minutes unless told otherwise. */
  public metricFailedAttempts(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.notifier.function.function.metricErrors(options);
  }

  /** @internal */
  public _alarmsOf(severity: AlertSeverity): cloudwatch.IAlarm[] {
    return this.topics.alarms.get(severity) ?? [];
  }

  /** @internal */
  public get _queues(): sqs.IQueue[] {
    return this.notifier.queues;
  }

  /** @internal */
  public _linkTo(dashboardUrl: string): void {
    this.notifier.set(DASHBOARD_ENV, dashboardUrl);
  }
}

function validateChannels(scope: Construct, { email, webhook }: OperatorAlertsProps): void {
  if (email === undefined && webhook === undefined) {
    throw invalid(
      scope,
      "one of 'email' and 'webhook' must be given, else nobody is told; better both, so that each watches over the other",
    );
  }
}

function validateEmail(scope: Construct, email: string | undefined): void {
  if (email !== undefined && !Token.isUnresolved(email) && !/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(email)) {
    throw invalid(
      scope,
      `'email' must be one address such as operations@example.com, got '${email}'; for several people use a list`,
    );
  }
}

function validateRunbookBaseUrl(scope: Construct, url: string): void {
  if (!Token.isUnresolved(url) && !/^https:\/\/[^\s#]+$/.test(url)) {
    throw invalid(scope, `'runbookBaseUrl' must be an https address without '#', got '${url}'`);
  }
}

function validateTopicRegion(scope: OperatorAlerts, region: string): void {
  if (!Token.isUnresolved(region) && !Token.isUnresolved(scope.region) && region !== scope.region) {
    throw invalid(
      scope,
      `'topic' must be of the alerts' own region '${scope.region}', got one of '${region}'; have its service send events and use addEvent of an OperatorAlertsRelay there`,
    );
  }
}

import { Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { invalid } from '../private/errors';
import { PolicyRole } from '../private/role';
import { AlertSeverity, type OperatorAlertOptions, type OperatorEventOptions } from './api';
import { allowUse, mayPublish } from './publishers';

const SEVERITIES = [AlertSeverity.HIGH, AlertSeverity.MEDIUM, AlertSeverity.LOW];

export interface AlertTopicsProps {
  readonly encryptionKey: kms.IKey;
  /** Takes the events that EventBridge could not hand to a topic. */
  readonly deadLetterQueue: sqs.IQueue;
  readonly runbookBaseUrl: string;
}

/** One topic per severity, and what may speak there. */
export class AlertTopics extends Construct {
  /** Alarms by severity, in the order in which they were added; grows until synthesis. */
  public readonly alarms = new Map<AlertSeverity, cloudwatch.IAlarm[]>(SEVERITIES.map((severity) => [severity, []]));
  private readonly topics: Map<AlertSeverity, sns.Topic>;
  private readonly eventsRole: PolicyRole;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AlertTopicsProps,
  ) {
    super(scope, id);
    allowUse(props.encryptionKey);
    this.topics = new Map(SEVERITIES.map((severity) => [severity, this.defineTopic(severity)]));
    this.eventsRole = this.defineEventsRole();
  }

  public of(severity: AlertSeverity): sns.ITopic {
    return this.topics.get(severity) as sns.Topic;
  }

  public entries(): [AlertSeverity, sns.Topic][] {
    return [...this.topics];
  }

  public runbookUrl(runbook: string): string {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(runbook)) {
      throw invalid(
        this,
        `'runbook' must be the anchor of a heading, lower case and digits joined by hyphens such as 'database-cpu-high', got '${runbook}'`,
      );
    }
    return `${this.props.runbookBaseUrl}#${runbook}`;
  }

  public addAlarm(alarm: cloudwatch.Alarm, { severity, runbook }: OperatorAlertOptions): void {
    const action = new SnsAction(this.of(severity));
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    this.describe(alarm, severity, this.runbookUrl(runbook));
    this.alarms.get(severity)?.push(alarm);
  }

  public addEvent(scope: Construct, id: string, options: OperatorEventOptions): void {
    const { severity, description, eventPattern } = options;
    validateLength(scope, 'description', `[${severity}] ${description}`, 512);
    const input = events.RuleTargetInput.fromObject({
      severity,
      what: description,
      runbook: this.runbookUrl(options.runbook),
      event: events.EventField.fromPath('$'),
    });
    new events.Rule(scope, id, {
      description: `[${severity}] ${description}`,
      eventPattern,
      targets: [
        {
          // The CDK's own target would add a statement per rule to the policies of topic and queue, which may be another stack's.
          bind: () => ({
            arn: this.of(severity).topicArn,
            role: this.eventsRole.role,
            input,
            deadLetterConfig: { arn: this.props.deadLetterQueue.queueArn },
          }),
        },
      ],
    });
  }

  /** Severity and runbook travel in the description, because nothing else of an alarm reaches topics of other regions. */
  private describe(alarm: cloudwatch.Alarm, severity: AlertSeverity, url: string): void {
    const resource = alarm.node.defaultChild as cloudwatch.CfnAlarm;
    const description = resource.alarmDescription ?? '';
    const text = [`[${severity}]`, description, ...(description.endsWith(url) ? [] : [url])]
      .filter((part) => part !== '')
      .join(' ');
    validateLength(alarm, 'alarmDescription', text, 1024);
    resource.alarmDescription = text;
  }

  private defineTopic(severity: AlertSeverity): sns.Topic {
    const topic = new sns.Topic(this, severity, { masterKey: this.props.encryptionKey, enforceSSL: true });
    // A policy of its own takes the place of the one that SNS gives every topic, so CloudWatch must be named.
    for (const statement of mayPublish(topic)) {
      topic.addToResourcePolicy(statement);
    }
    return topic;
  }

  private defineEventsRole(): PolicyRole {
    const role = new PolicyRole(this, 'Events', {
      assumedBy: new iam.ServicePrincipal('events.amazonaws.com'),
      description: 'Hands events to the alert topics',
    });
    role.allow(
      ['sns:Publish'],
      [...this.topics.values()].map((topic) => topic.topicArn),
    );
    role.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [this.props.encryptionKey.keyArn]);
    return role;
  }
}

/** With what is put before and behind it, as CloudWatch and EventBridge limit it. */
function validateLength(scope: Construct, prop: string, text: string, most: number): void {
  if (!Token.isUnresolved(text) && text.length > most) {
    throw invalid(
      scope,
      `'${prop}' must have at most ${most} characters with severity and runbook, got ${text.length}; let the runbook say the rest`,
    );
  }
}

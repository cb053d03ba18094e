import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';

/** How urgently people must act. */
export enum AlertSeverity {
  /** Charging or its protection is failing now: wake somebody. */
  HIGH = 'HIGH',
  /** It will fail if nobody acts within the working day. */
  MEDIUM = 'MEDIUM',
  /** Worth knowing; nothing is failing. */
  LOW = 'LOW',
}

/** How an alarm or event reaches people. */
export interface OperatorAlertOptions {
  /** How urgently people must act. */
  readonly severity: AlertSeverity;
  /** Heading of the runbook that says what to do, as an anchor: lower case, words joined by hyphens. */
  readonly runbook: string;
}

/** An event that people are told about. */
export interface OperatorEventOptions extends OperatorAlertOptions {
  /** Events of the account's default bus that matter. */
  readonly eventPattern: events.EventPattern;
  /** What happened, in one sentence for people. */
  readonly description: string;
}

/** Where constructs send what people must know. `OperatorAlerts` is the library's own; implement it to plug in another. */
export interface IOperatorAlerts {
  /** Region whose alarms it accepts: CloudWatch alarms only reach topics of their own region. */
  readonly region: string;
  /** Address of the runbook's entry with this heading. */
  runbookUrl(runbook: string): string;
  /** Tells people when the alarm fires and when it recovers. */
  addAlarm(alarm: cloudwatch.Alarm, options: OperatorAlertOptions): void;
  /** Tells people when an event happens. The rule is defined below `scope`. */
  addEvent(scope: Construct, id: string, options: OperatorEventOptions): void;
}

import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { IOperatorAlerts, OperatorAlertOptions, OperatorEventOptions } from '../../src/monitoring/api';

/** Alerts that remember what they were given, and give each alarm an action, as real ones do. */
export class RecordedAlerts implements IOperatorAlerts {
  /** `id SEVERITY runbook` of each alarm. */
  public readonly alarms: string[] = [];
  /** `id SEVERITY runbook` of each event. */
  public readonly events: string[] = [];

  constructor(public readonly region: string = 'eu-south-2') {}

  public runbookUrl(runbook: string): string {
    return `https://runbook.example.com/#${runbook}`;
  }

  public addAlarm(alarm: cloudwatch.Alarm, { severity, runbook }: OperatorAlertOptions): void {
    this.alarms.push(`${alarm.node.id} ${severity} ${runbook}`);
    const alarmActionArn = `arn:aws:sns:${this.region}:111122223333:alerts`;
    alarm.addAlarmAction({ bind: () => ({ alarmActionArn }) });
  }

  public addEvent(_scope: Construct, id: string, { severity, runbook }: OperatorEventOptions): void {
    this.events.push(`${id} ${severity} ${runbook}`);
  }
}

import { Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlertSeverity, IOperatorAlerts } from '../monitoring/api';
import { invalid } from './errors';

export interface AlarmDefinition {
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
  /** @default GREATER_THAN_OR_EQUAL_TO_THRESHOLD, as the CDK's */
  readonly comparisonOperator?: cloudwatch.ComparisonOperator;
  /** @default NOT_BREACHING: silence of a metric that counts faults is good news */
  readonly treatMissingData?: cloudwatch.TreatMissingData;
  /** What it means, one sentence without a full stop. */
  readonly description: string;
  readonly severity: AlertSeverity;
  readonly runbook: string;
}

/** Defines the alarms of one construct under its `Alarms` node; without alerts it defines nothing. */
export class Alarms extends Construct {
  public static of(scope: Construct, alerts: IOperatorAlerts | undefined): Alarms | undefined {
    return alerts && new Alarms(scope, alerts);
  }

  private constructor(
    scope: Construct,
    private readonly alerts: IOperatorAlerts,
  ) {
    super(scope, 'Alarms');
    const region = Stack.of(this).region;
    if (!Token.isUnresolved(region) && !Token.isUnresolved(alerts.region) && region !== alerts.region) {
      throw invalid(
        scope,
        `'alerts' must be of the construct's own region '${region}', got alerts of '${alerts.region}'; define OperatorAlerts in a stack of '${region}'`,
      );
    }
  }

  public add(id: string, alarm: AlarmDefinition): cloudwatch.Alarm {
    const defined = new cloudwatch.Alarm(this, id, {
      metric: alarm.metric,
      threshold: alarm.threshold,
      evaluationPeriods: alarm.evaluationPeriods,
      datapointsToAlarm: alarm.datapointsToAlarm,
      comparisonOperator: alarm.comparisonOperator,
      treatMissingData: alarm.treatMissingData ?? cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `${alarm.description}. ${this.alerts.runbookUrl(alarm.runbook)}`,
    });
    this.alerts.addAlarm(defined, { severity: alarm.severity, runbook: alarm.runbook });
    return defined;
  }
}

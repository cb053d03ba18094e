import { type Json, type OperatorMessage, oneLine, type Severity, type Where } from './message.lambda-shared';

/** Words for `ComparisonOperator`, as they stand before the threshold. */
const LIMITS: Record<string, string> = {
  GreaterThanOrEqualToThreshold: 'at or above',
  GreaterThanThreshold: 'above',
  LessThanThreshold: 'below',
  LessThanOrEqualToThreshold: 'at or below',
};

export function isAlarm(message: Json): boolean {
  return typeof message?.AlarmName === 'string' && typeof message?.NewStateValue === 'string';
}

/**
 * What CloudWatch publishes when an alarm changes. `undefined` where nobody need know: an alarm that was just made finds
 * that all is well.
 */
export function alarmMessage(alarm: Json, severityOfTopic: Severity): OperatorMessage | undefined {
  if (alarm.NewStateValue === 'OK' && alarm.OldStateValue === 'INSUFFICIENT_DATA') {
    return undefined;
  }
  const { severity, what, runbook } = readDescription(alarm);
  const where = whereOf(alarm);
  return {
    severity: severity ?? severityOfTopic,
    status: alarm.NewStateValue === 'OK' ? 'RECOVERED' : 'ALARM',
    what,
    where,
    since: dateOf(alarm.StateChangeTime),
    value: figureOf(alarm.NewStateReason),
    threshold: thresholdOf(alarm.Trigger),
    facts: factsOf(alarm),
    links: {
      ...(runbook ? { Runbook: runbook } : {}),
      ...(where.region ? { Alarm: consoleLink(where.region, alarm.AlarmName) } : {}),
    },
  };
}

/** `[HIGH] What it means. https://runbook#heading`, as `addAlarm` writes it. */
function readDescription(alarm: Json): { severity?: Severity; what: string; runbook?: string } {
  const [, severity, text, runbook] =
    /^(?:\[(HIGH|MEDIUM|LOW)\]\s*)?(.*?)\s*(https?:\/\/\S+)?$/s.exec(String(alarm.AlarmDescription ?? '')) ?? [];
  return {
    severity: severity as Severity | undefined,
    what: oneLine(text ?? '').replace(/\.$/, '') || `Alarm ${alarm.AlarmName}`,
    runbook,
  };
}

function whereOf(alarm: Json): Where {
  const [, , , region = '', account = ''] = String(alarm.AlarmArn ?? '').split(':');
  const dimensions = metricOf(alarm.Trigger)?.Dimensions ?? [];
  return {
    region,
    account: account || String(alarm.AWSAccountId ?? ''),
    resource: dimensions.map(({ name, value }: Json) => `${name} ${value}`).join(', ') || undefined,
  };
}

/** The metric of the alarm; of an expression, the first metric that goes into it. */
function metricOf(trigger: Json): Json {
  return trigger?.MetricName ? trigger : trigger?.Metrics?.find((entry: Json) => entry.MetricStat)?.MetricStat?.Metric;
}

/** `Threshold Crossed: 1 out of the last 1 datapoints [87.5 (24/11/26 10:20:00)] was …`: the newest comes first. */
function figureOf(reason: unknown): string | undefined {
  const text = String(reason ?? '');
  const figure = /\[(-?[\d.]+(?:E-?\d+)?)\b/.exec(text)?.[1];
  if (figure === undefined) {
    return text.includes('no datapoints') ? 'no data' : undefined;
  }
  return format(Number(figure));
}

function thresholdOf(trigger: Json): string | undefined {
  const limit = LIMITS[trigger?.ComparisonOperator];
  return limit && typeof trigger.Threshold === 'number' ? `${limit} ${format(trigger.Threshold)}` : undefined;
}

function factsOf(alarm: Json): Record<string, string> {
  const metric = metricName(alarm.Trigger);
  const hasFigure = figureOf(alarm.NewStateReason) !== undefined;
  return {
    ...(metric ? { Metric: metric } : {}),
    ...(hasFigure ? {} : { Reason: oneLine(alarm.NewStateReason ?? '') }),
  };
}

function metricName(trigger: Json): string | undefined {
  if (trigger?.MetricName) {
    const statistic = String(trigger.Statistic ?? trigger.ExtendedStatistic ?? '').toLowerCase();
    return `${trigger.MetricName} of ${trigger.Namespace}, ${statistic} of ${trigger.Period} s`;
  }
  const result = trigger?.Metrics?.find((entry: Json) => entry.ReturnData !== false && entry.Expression);
  return result && (result.Label || result.Expression);
}

function dateOf(time: unknown): Date | undefined {
  const date = new Date(String(time));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function format(figure: number): string {
  const precision = Math.abs(figure) >= 1 ? { maximumFractionDigits: 2 } : { maximumSignificantDigits: 3 };
  return new Intl.NumberFormat('en', precision).format(figure);
}

function consoleLink(region: string, alarmName: string): string {
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(alarmName)}`;
}

import { Duration, TimeZone } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as events from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { SpanishTimeZone } from './spanish-time-zone';

/** A job that has not started by then expires. AWS takes no less than an hour. */
export const START_WINDOW = Duration.hours(1);
/** A job that has not ended by then is cancelled. */
export const COMPLETION_WINDOW = Duration.hours(8);
const MAX_DAYS = 36_500;

/** How long the points of each rule are kept. */
export interface Retentions {
  readonly daily: Duration;
  readonly monthly: Duration;
  readonly halfYearly: Duration;
}

/** Whole days of a retention; nothing where it is unknown until deployment. */
export function wholeDays(scope: Construct, prop: string, value: Duration): number | undefined {
  if (value.isUnresolved()) {
    return undefined;
  }
  const days = value.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS) {
    throw invalid(scope, `'${prop}' must be 1 to ${MAX_DAYS} whole days, got ${days}`);
  }
  return days;
}

/**
 * Where rules of one plan fall on the same hour, AWS takes one copy and keeps it for the longest of them. All three promises hold
 * only if the rarer rule keeps at least as long.
 */
export function validateRetentions(scope: Construct, retentions: Retentions): void {
  const daily = wholeDays(scope, 'dailyRetention', retentions.daily);
  const monthly = wholeDays(scope, 'monthlyRetention', retentions.monthly);
  const halfYearly = wholeDays(scope, 'halfYearlyRetention', retentions.halfYearly);
  refuseShorter(scope, ['monthlyRetention', monthly], ['dailyRetention', daily]);
  refuseShorter(scope, ['halfYearlyRetention', halfYearly], ['monthlyRetention', monthly]);
}

type NamedDays = [string, number | undefined];

function refuseShorter(scope: Construct, [rarer, rarerDays]: NamedDays, [oftener, oftenerDays]: NamedDays): void {
  if (rarerDays !== undefined && oftenerDays !== undefined && rarerDays < oftenerDays) {
    throw invalid(
      scope,
      `'${rarer}' must be at least the ${oftenerDays} days of '${oftener}', got ${rarerDays}; on days of both, one copy is kept for the longer`,
    );
  }
}

/** The three rules, all at 03:00, which exists exactly once on every day in both Spanish time zones. */
export function planRules(retentions: Retentions, timeZone: SpanishTimeZone): backup.BackupPlanRule[] {
  const at = { minute: '0', hour: '3' };
  const rule = (ruleName: string, when: events.CronOptions, deleteAfter: Duration) =>
    new backup.BackupPlanRule({
      ruleName,
      scheduleExpression: events.Schedule.cron({ ...at, ...when }),
      scheduleExpressionTimezone: TimeZone.of(timeZone),
      startWindow: START_WINDOW,
      completionWindow: COMPLETION_WINDOW,
      deleteAfter,
    });
  return [
    rule('Daily', {}, retentions.daily),
    rule('Monthly', { day: '1' }, retentions.monthly),
    rule('HalfYearly', { day: '1', month: '1,7' }, retentions.halfYearly),
  ];
}

import { type Duration, Stack, TimeZone } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as events from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { BackupCopy } from './backup-copy';
import type { BackupTime } from './backup-time';
import { MAX_DAYS } from './constants';
import { SpanishTimeZone } from './spanish-time-zone';

/** Shortest time before and in cold storage. */
const COLD_DAYS = 90;
/** An alarm looks back 168 hours at most, and must see the longest day of 25, an hour of the metric, and both windows. */
const MAX_WINDOW_HOURS = 142;

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

/** When jobs start and by when they must have. */
export interface Windows {
  readonly at: BackupTime;
  readonly timeZone: SpanishTimeZone;
  /** A job that has not started by then expires. */
  readonly start: Duration;
  /** A job that has not ended by then is cancelled. */
  readonly completion: Duration;
}

/** The local hour that comes never in spring and twice in autumn. */
const CHANGED_HOUR: Record<SpanishTimeZone, number> = {
  [SpanishTimeZone.PENINSULA]: 2,
  [SpanishTimeZone.CANARY_ISLANDS]: 1,
};

export function validateWindows(scope: Construct, { at, timeZone, start, completion }: Windows): void {
  if (!(timeZone in CHANGED_HOUR)) {
    const zones = Object.keys(CHANGED_HOUR).join("' or '");
    throw invalid(scope, `'timeZone' must be '${zones}', got '${timeZone}'; use SpanishTimeZone`);
  }
  if (at.hour === CHANGED_HOUR[timeZone]) {
    throw invalid(
      scope,
      `'at' must be a time that comes once on every day, got hour ${at.hour}, which summer time skips in March and repeats in October in ${timeZone}; use BackupTime.of(3)`,
    );
  }
  const [starts, completes] = [start, completion].map((window) =>
    window.isUnresolved() ? undefined : window.toHours({ integral: false }),
  );
  if (starts !== undefined && starts < 1) {
    throw invalid(
      scope,
      `'startWindow' must be an hour or more, got ${start.toMinutes()} minutes; AWS Backup takes no less`,
    );
  }
  if (starts !== undefined && completes !== undefined && completes <= starts) {
    throw invalid(
      scope,
      `'completionWindow' must be longer than 'startWindow', which it begins with, got ${completes} hours after ${starts}`,
    );
  }
  const together = Math.ceil(starts ?? 0) + Math.ceil(completes ?? 0);
  if (together > MAX_WINDOW_HOURS) {
    throw invalid(
      scope,
      `'startWindow' and 'completionWindow' must be at most ${MAX_WINDOW_HOURS} hours together, got ${together}; the alarm on a missing job looks back a week at most`,
    );
  }
}

/** @see https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html */
export function validateColdStorage(scope: Construct, coldAfter: Duration | undefined, retentions: Retentions): void {
  const cold = coldAfter && wholeDays(scope, 'coldStorageAfter', coldAfter);
  const longest = wholeDays(scope, 'halfYearlyRetention', retentions.halfYearly);
  if (cold === undefined || longest === undefined) {
    return;
  }
  if (cold < COLD_DAYS || cold + COLD_DAYS > longest) {
    throw invalid(
      scope,
      `'coldStorageAfter' must be ${COLD_DAYS} to ${longest - COLD_DAYS} days, ${COLD_DAYS} before the end of 'halfYearlyRetention', got ${cold}; AWS bills cold storage for ${COLD_DAYS} days at least`,
    );
  }
}

export interface PlanRulesProps {
  readonly retentions: Retentions;
  readonly windows: Windows;
  readonly coldStorageAfter?: Duration;
  readonly copies: readonly BackupCopy[];
}

/** The three rules, all at the same time of day. */
export function planRules(scope: Construct, props: PlanRulesProps): backup.BackupPlanRule[] {
  const { retentions, windows, copies } = props;
  const at = { minute: String(windows.at.minute), hour: String(windows.at.hour) };
  const rule = (ruleName: string, when: events.CronOptions, deleteAfter: Duration) =>
    new backup.BackupPlanRule({
      ruleName,
      scheduleExpression: events.Schedule.cron({ ...at, ...when }),
      scheduleExpressionTimezone: TimeZone.of(windows.timeZone),
      startWindow: windows.start,
      completionWindow: windows.completion,
      deleteAfter,
      moveToColdStorageAfter: longEnough(deleteAfter, props.coldStorageAfter),
      copyActions: copies.length > 0 ? copies.map((copy) => copyAction(scope, copy, deleteAfter)) : undefined,
    });
  return [
    rule('Daily', {}, retentions.daily),
    rule('Monthly', { day: '1' }, retentions.monthly),
    rule('HalfYearly', { day: '1', month: '1,7' }, retentions.halfYearly),
  ];
}

/** Points that go too soon for cold storage stay warm. */
function longEnough(deleteAfter: Duration, coldAfter: Duration | undefined): Duration | undefined {
  return coldAfter && deleteAfter.toDays() >= coldAfter.toDays() + COLD_DAYS ? coldAfter : undefined;
}

function copyAction(scope: Construct, copy: BackupCopy, deleteAfter: Duration): backup.BackupPlanCopyActionProps {
  if (copy._retention) {
    wholeDays(scope, 'retention of a BackupCopy', copy._retention);
  }
  return { destinationBackupVault: copy.vault, deleteAfter: copy._retention ?? deleteAfter };
}

/** The promise as functions read it; the shape is `EvidencePolicy` of the runtime code. */
export function promiseOf(scope: Construct, retentions: Retentions, windows: Windows): string {
  // Not JSON.stringify: a retention may be known only at deployment.
  return Stack.of(scope).toJsonString({
    rules: [
      { name: 'Daily', keepDays: retentions.daily.toDays(), firstOfMonth: false },
      { name: 'Monthly', keepDays: retentions.monthly.toDays(), firstOfMonth: true },
      { name: 'HalfYearly', keepDays: retentions.halfYearly.toDays(), firstOfMonth: true, months: [1, 7] },
    ],
    timeZone: windows.timeZone,
    dueAfterHours: windows.at.hour + windows.at.minute / 60 + windows.completion.toHours({ integral: false }),
  });
}

import type { Stack } from 'aws-cdk-lib';
import { Cron } from 'croner';
import { resourcesOf } from '../support/stacks';

const DAY = 24 * 3600 * 1000;

/** A rule of a backup plan, as it stands in the template. */
export interface PlannedRule {
  readonly name: string;
  readonly schedule: string;
  readonly timeZone: string;
  readonly keepDays: number;
}

/** A recovery point that the plan makes. */
export interface RecoveryPoint {
  readonly at: Date;
  readonly expires: Date;
  readonly rules: string[];
}

export function rulesOf(stack: Stack): PlannedRule[] {
  const [[, plan]] = resourcesOf(stack, 'AWS::Backup::BackupPlan');
  return plan.Properties.BackupPlan.BackupPlanRule.map((rule: Record<string, never>) => ({
    name: rule.RuleName,
    schedule: rule.ScheduleExpression,
    timeZone: rule.ScheduleExpressionTimezone,
    keepDays: (rule.Lifecycle as { DeleteAfterDays: number }).DeleteAfterDays,
  }));
}

const known = new Map<string, Date[]>();

/** When a schedule of AWS fires: its last field is the year, and `?` is any day. */
export function runsOf(rule: PlannedRule, from: string, to: string): Date[] {
  const key = [rule.schedule, rule.timeZone, from, to].join(' ');
  const runs = known.get(key) ?? computeRuns(rule, from, to);
  known.set(key, runs);
  return runs;
}

function computeRuns(rule: PlannedRule, from: string, to: string): Date[] {
  const match = /^cron\((\S+ \S+ \S+ \S+ \S+) \*\)$/.exec(rule.schedule);
  if (!match) {
    throw new Error(`not a yearly open cron of AWS: ${rule.schedule}`);
  }
  const cron = new Cron(match[1].replaceAll('?', '*'), { timezone: rule.timeZone });
  const runs: Date[] = [];
  for (let next = cron.nextRun(new Date(from)); next && next < new Date(to); next = cron.nextRun(next)) {
    runs.push(next);
  }
  return runs;
}

/** Where rules of a plan coincide, AWS takes one copy for the longest retention. */
export function recoveryPoints(rules: PlannedRule[], from: string, to: string): RecoveryPoint[] {
  const byTime = new Map<number, PlannedRule[]>();
  for (const rule of rules) {
    for (const run of runsOf(rule, from, to)) {
      byTime.set(run.getTime(), [...(byTime.get(run.getTime()) ?? []), rule]);
    }
  }
  return [...byTime].map(([time, some]) => ({
    at: new Date(time),
    expires: new Date(time + Math.max(...some.map(({ keepDays }) => keepDays)) * DAY),
    rules: some.map(({ name }) => name),
  }));
}

/** What one night leaves behind. */
export interface Night {
  /** Local date, as `2026-01-31`. */
  readonly date: string;
  readonly keptDays: number;
  /** Local date on which the point goes. */
  readonly expires: string;
}

/** The recovery point of each day of a year. */
export function nightsOf(rules: PlannedRule[], year: number): Night[] {
  const [{ timeZone }] = rules;
  return recoveryPoints(rules, `${year}-01-01T00:00:00Z`, `${year + 1}-01-01T00:00:00Z`)
    .map(({ at, expires }) => ({
      date: localHour(at, timeZone).slice(0, 10),
      keptDays: (expires.getTime() - at.getTime()) / DAY,
      expires: localHour(expires, timeZone).slice(0, 10),
    }))
    .sort((a, b) => a.date.localeCompare(b.date));
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The local date and hour of a moment: `2026-03-29T03`. */
export function localHour(at: Date, timeZone: string): string {
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  formats.set(timeZone, format);
  return format.format(at).replace(' ', 'T').slice(0, 13);
}

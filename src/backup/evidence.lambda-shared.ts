/** A rule of the policy: on which days it takes a point, and how long that is kept. */
export interface EvidenceRule {
  readonly name: string;
  readonly keepDays: number;
  /** Only the 1st of a month. */
  readonly firstOfMonth: boolean;
  /** Only these months, 1 to 12. */
  readonly months?: readonly number[];
}

/** What was promised. */
export interface EvidencePolicy {
  readonly rules: readonly EvidenceRule[];
  /** IANA zone of the days. */
  readonly timeZone: string;
  /** Hours after midnight until a day's point must be there: the time of day and the window to complete. */
  readonly dueAfterHours: number;
}

/** A completed recovery point, as AWS Backup lists it. */
export interface EvidencePoint {
  readonly arn: string;
  readonly resource: string;
  readonly resourceType: string;
  readonly createdAt: Date;
  readonly bytes: number;
}

/** A resource that the policy protects. */
export interface EvidenceResource {
  readonly arn: string;
  /** Whether points are demanded up to now; of machines that come and go, only between their own first and last point. */
  readonly steady: boolean;
}

/** One promise and what became of it. */
export interface EvidenceRow {
  readonly resource: string;
  readonly resourceType: string;
  /** Local date of the point. */
  readonly date: string;
  /** Rules that fell on this date. */
  readonly rules: string;
  /** Local date until which it is kept. */
  readonly keptUntil: string;
  readonly status: 'PRESENT' | 'MISSING';
  readonly recoveryPoint: string;
  readonly bytes: number | '';
}

/** What the last evidence knew, so that each miss is told once, and a point that goes before its time takes no promise with it. */
export interface EvidenceMemory {
  /** First local date of each resource. */
  readonly since: Readonly<Record<string, string>>;
  /** Misses that were told, as `missOf` names them. */
  readonly told: readonly string[];
}

export const NO_MEMORY: EvidenceMemory = { since: {}, told: [] };

/** Names a miss: resource and date. */
export function missOf({ resource, date }: EvidenceRow): string {
  return `${resource} ${date}`;
}

/** What this evidence leaves for the next. */
export function remember(
  policy: EvidencePolicy,
  points: Iterable<EvidencePoint>,
  rows: readonly EvidenceRow[],
  before: EvidenceMemory,
): EvidenceMemory {
  const calendar = new LocalCalendar(policy.timeZone);
  const since = { ...before.since };
  for (const { resource, createdAt } of points) {
    const date = calendar.dateOf(createdAt);
    since[resource] = since[resource] < date ? since[resource] : date;
  }
  return { since, told: rows.filter(({ status }) => status === 'MISSING').map(missOf) };
}

const DAY = 24 * 3600 * 1000;

/**
 * Holds the points that exist against those that the policy promises now. A promise is a date on which a rule fell, that is
 * over, and whose retention is not.
 *
 * @param since first date of the policy; nothing is promised before it
 * @param memory what the last evidence knew of each resource's first date, which may have lost its point
 */
export function evidence(
  policy: EvidencePolicy,
  resources: readonly EvidenceResource[],
  points: Iterable<EvidencePoint>,
  since: Date,
  now: Date,
  memory: EvidenceMemory = NO_MEMORY,
): EvidenceRow[] {
  const calendar = new LocalCalendar(policy.timeZone);
  const promises = promisedDates(policy, calendar, since, now);
  const byResource = new Map<string, Map<string, EvidencePoint>>(resources.map(({ arn }) => [arn, new Map()]));
  for (const point of points) {
    byResource.get(point.resource)?.set(calendar.dateOf(point.createdAt), point);
  }
  return resources.flatMap(({ arn, steady }) => {
    const found = byResource.get(arn) as Map<string, EvidencePoint>;
    const dates = [...found.keys()].sort();
    const [first] = [dates[0], memory.since[arn]].filter((date) => date !== undefined).sort();
    const last = dates.at(-1);
    const type = found.get(last as string)?.resourceType ?? '';
    return promises
      .filter(({ date }) => steady || (first !== undefined && date >= first && date <= (last as string)))
      .filter(({ date }) => first === undefined || date >= first)
      .map(({ date, rules, keptUntil }) => {
        const point = found.get(date);
        return {
          resource: arn,
          resourceType: type,
          date,
          rules,
          keptUntil,
          status: point ? 'PRESENT' : 'MISSING',
          recoveryPoint: point?.arn ?? '',
          bytes: point?.bytes ?? '',
        };
      });
  });
}

interface Promised {
  readonly date: string;
  readonly rules: string;
  readonly keptUntil: string;
}

/** Dates from `since` to the last one that is due, whose point must still be there today. */
function promisedDates(policy: EvidencePolicy, calendar: LocalCalendar, since: Date, now: Date): Promised[] {
  const due = calendar.dateOf(new Date(now.getTime() - policy.dueAfterHours * 3600 * 1000));
  const today = calendar.dateOf(now);
  const promised: Promised[] = [];
  // The policy's first day counts only if it began before the hour of backups; the day after always does.
  for (let date = plusDays(calendar.dateOf(since), 1); date <= due; date = plusDays(date, 1)) {
    const rules = policy.rules.filter((rule) => fallsOn(rule, date));
    const keepDays = Math.max(0, ...rules.map((rule) => rule.keepDays));
    const keptUntil = plusDays(date, keepDays);
    if (keptUntil > today) {
      promised.push({ date, rules: rules.map(({ name }) => name).join(' '), keptUntil });
    }
  }
  return promised;
}

/** Whether a rule takes a point on a local date. */
export function fallsOn(rule: EvidenceRule, date: string): boolean {
  const [, month, day] = date.split('-').map(Number);
  return (!rule.firstOfMonth || day === 1) && (rule.months === undefined || rule.months.includes(month));
}

export function plusDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
}

/** Dates of a time zone. Points of many resources share their hour, so each hour is asked once. */
export class LocalCalendar {
  private readonly format: Intl.DateTimeFormat;
  private readonly known = new Map<number, string>();

  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  }

  /** `2026-11-25`. */
  public dateOf(at: Date): string {
    const hour = Math.floor(at.getTime() / 3_600_000);
    let date = this.known.get(hour);
    if (date === undefined) {
      date = this.format.format(at);
      this.known.set(hour, date);
    }
    return date;
  }
}

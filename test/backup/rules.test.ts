import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import { BackupTime, SpanishTimeZone } from '../../src/backup';
import { missingAfterHours } from '../../src/backup/alarms';
import {
  type Retentions,
  validateColdStorage,
  validateRetentions,
  validateWindows,
  type Windows,
} from '../../src/backup/rules';
import { localHour, nightsOf, type PlannedRule, type RecoveryPoint, recoveryPoints, rulesOf, runsOf } from './calendar';
import { define } from './fixture';

const FROM = '2026-01-01T00:00:00Z';
const TO = '2046-01-01T00:00:00Z';
const DAYS = 7305;
const DAY = 24 * 3600 * 1000;
const days = Duration.days;
const SPANISH: Retentions = { daily: days(30), monthly: days(366), halfYearly: days(1827) };

const validate = (retentions: Partial<Retentions>) => () =>
  validateRetentions(new Stack(), { ...SPANISH, ...retentions });

describe('retentions', () => {
  test.each([
    {},
    { daily: days(1) },
    { daily: days(366) },
    { monthly: days(30) },
    { monthly: days(1827) },
    { halfYearly: days(366) },
    { halfYearly: days(36_500) },
    { daily: days(Lazy.number({ produce: () => 99_999 })) },
  ])('accepts %j', (retentions) => {
    expect(validate(retentions)).not.toThrow();
  });

  test.each([
    ['dailyRetention', { daily: days(0) }, '0'],
    ['dailyRetention', { daily: Duration.hours(36) }, '1.5'],
    ['halfYearlyRetention', { halfYearly: days(36_501) }, '36501'],
  ])('rejects %s of %j', (prop, retentions, got) => {
    expect(validate(retentions)).toThrow(`[Default] '${prop}' must be 1 to 36500 whole days, got ${got}`);
  });

  test('rejects a month shorter than a day', () => {
    expect(validate({ monthly: days(29) })).toThrow(
      "[Default] 'monthlyRetention' must be at least the 30 days of 'dailyRetention', got 29; on days of both, one copy is kept for the longer",
    );
  });

  test('rejects a half-year shorter than a month', () => {
    expect(validate({ halfYearly: days(365) })).toThrow(
      "[Default] 'halfYearlyRetention' must be at least the 366 days of 'monthlyRetention', got 365; on days of both, one copy is kept for the longer",
    );
  });
});

describe('windows', () => {
  const windows = (some: Partial<Windows>) => () =>
    validateWindows(new Stack(), {
      at: BackupTime.of(3),
      timeZone: SpanishTimeZone.PENINSULA,
      start: Duration.hours(1),
      completion: Duration.hours(8),
      ...some,
    });

  test.each([
    {},
    { at: BackupTime.of(1, 59) },
    { at: BackupTime.of(2), timeZone: SpanishTimeZone.CANARY_ISLANDS },
    { completion: Duration.minutes(61) },
    { start: Duration.hours(70), completion: Duration.hours(72) },
    { completion: Duration.hours(141) },
    { start: Duration.hours(Lazy.number({ produce: () => 0 })) },
  ])('accepts %#', (some) => {
    expect(windows(some)).not.toThrow();
  });

  test.each([
    [BackupTime.of(2), SpanishTimeZone.PENINSULA, 2],
    [BackupTime.of(2, 59), SpanishTimeZone.PENINSULA, 2],
    [BackupTime.of(1), SpanishTimeZone.CANARY_ISLANDS, 1],
  ])('rejects the hour that summer time changes: %#', (at, timeZone, hour) => {
    expect(windows({ at, timeZone })).toThrow(
      `[Default] 'at' must be a time that comes once on every day, got hour ${hour}, which summer time skips in March and repeats in October in ${timeZone}; use BackupTime.of(3)`,
    );
  });

  test('rejects a zone that is not Spanish', () => {
    expect(windows({ timeZone: 'Europe/London' as SpanishTimeZone })).toThrow(
      "[Default] 'timeZone' must be 'Europe/Madrid' or 'Atlantic/Canary', got 'Europe/London'; use SpanishTimeZone",
    );
  });

  test('rejects 59 minutes to start', () => {
    expect(windows({ start: Duration.minutes(59) })).toThrow(
      "[Default] 'startWindow' must be an hour or more, got 59 minutes; AWS Backup takes no less",
    );
  });

  test('rejects an end that is not after the start', () => {
    expect(windows({ start: Duration.hours(8) })).toThrow(
      "[Default] 'completionWindow' must be longer than 'startWindow', which it begins with, got 8 hours after 8",
    );
  });

  test.each([
    [Duration.hours(71), Duration.hours(72), 143],
    [Duration.hours(1), Duration.minutes(141 * 60 + 1), 143],
  ])('rejects more than an alarm can look back: %#', (start, completion, together) => {
    expect(windows({ start, completion })).toThrow(
      `[Default] 'startWindow' and 'completionWindow' must be at most 142 hours together, got ${together}; the alarm on a missing job looks back a week at most`,
    );
  });

  test('the longest windows make an alarm that CloudWatch takes', () => {
    const longest = {
      at: BackupTime.of(3),
      timeZone: SpanishTimeZone.PENINSULA,
      start: Duration.hours(70),
      completion: Duration.hours(72),
    };
    expect(missingAfterHours(longest)).toBe(7 * 24);
  });
});

describe('cold storage', () => {
  const cold = (value?: Duration) => () => validateColdStorage(new Stack(), value, SPANISH);

  test.each([undefined, days(90), days(1737)])('accepts %#', (value) => {
    expect(cold(value)).not.toThrow();
  });

  test.each([89, 1738])('rejects %d days', (value) => {
    expect(cold(days(value))).toThrow(
      `[Default] 'coldStorageAfter' must be 90 to 1737 days, 90 before the end of 'halfYearlyRetention', got ${value}; AWS bills cold storage for 90 days at least`,
    );
  });
});

describe.each(Object.values(SpanishTimeZone))('from 2026 to 2045 in %s', (timeZone) => {
  const rules = rulesOf(define({ timeZone }).stack);

  test('03:00 comes exactly once a day, summer and winter', () => {
    const hours = runsOf(rules[0], FROM, TO).map((at) => localHour(at, timeZone));
    expect(hours).toHaveLength(DAYS);
    const dates = hours.map((_, index) => new Date(Date.parse(FROM) + index * DAY).toISOString().slice(0, 10));
    expect(hours).toEqual(dates.map((date) => `${date}T03`));
  });

  test('the 1st of a month, and of January and July, come as often as they should', () => {
    expect(runsOf(rules[1], FROM, TO)).toHaveLength(20 * 12);
    expect(runsOf(rules[2], FROM, TO)).toHaveLength(20 * 2);
  });

  test('the promise of the owner holds on every day', () => {
    expect(broken(rules, timeZone)).toEqual([]);
  });
});

test('on days of several rules there is one point, for the longest of them', () => {
  const points = recoveryPoints(rulesOf(define().stack), FROM, TO);
  expect(points).toHaveLength(DAYS);
  const on = (date: string) => points.find(({ at }) => localHour(at, 'Europe/Madrid').startsWith(date));
  const lives = (date: string) => (Number(on(date)?.expires) - Number(on(date)?.at)) / DAY;
  expect([on('2027-01-01')?.rules, lives('2027-01-01')]).toEqual([['Daily', 'Monthly', 'HalfYearly'], 1827]);
  expect([on('2027-02-01')?.rules, lives('2027-02-01')]).toEqual([['Daily', 'Monthly'], 366]);
  expect([on('2027-02-02')?.rules, lives('2027-02-02')]).toEqual([['Daily'], 30]);
});

test('2026 leaves 365 points: two for five years, ten for one, the others for a month', () => {
  const nights = nightsOf(rulesOf(define().stack), 2026);
  expect(nights.map(({ date }) => date)).toEqual([...new Set(nights.map(({ date }) => date))].sort());
  const lives = (days: number) => nights.filter(({ keptDays }) => keptDays === days);
  expect([lives(1827), lives(366), lives(30)].map(({ length }) => length)).toEqual([2, 10, 353]);
  expect(lives(1827).map(({ date, expires }) => `${date} ${expires}`)).toEqual([
    '2026-01-01 2031-01-02',
    '2026-07-01 2031-07-02',
  ]);
  expect(lives(366)[0]).toEqual({ date: '2026-02-01', keptDays: 366, expires: '2027-02-02' });
  expect(nights.at(-1)).toEqual({ date: '2026-12-31', keptDays: 30, expires: '2027-01-30' });
});

test.each([
  ['Daily', 29],
  ['Monthly', 365],
  ['HalfYearly', 1826],
])('the simulation notices that %s kept %d days is too short', (name, keepDays) => {
  const rules = rulesOf(define().stack).map((rule) => (rule.name === name ? { ...rule, keepDays } : rule));
  expect(broken(rules, 'Europe/Madrid').length).toBeGreaterThan(0);
});

test('the simulation notices a schedule in UTC', () => {
  const rules = rulesOf(define().stack).map((rule) => ({ ...rule, timeZone: 'UTC' }));
  const hours = new Set(runsOf(rules[0], FROM, TO).map((at) => localHour(at, 'Europe/Madrid').slice(11)));
  expect([...hours].sort()).toEqual(['04', '05']);
});

/**
 * Promises that are broken, as `day: what is missing`. At 03:00 of every day there must be the points of 30 days, of the 1st of each
 * month until the same date a year later, and of 1 January and 1 July until the same date five years later.
 */
function broken(rules: PlannedRule[], timeZone: string): string[] {
  const points = new Map<string, RecoveryPoint>(
    recoveryPoints(rules, FROM, TO).map((point) => [localHour(point.at, timeZone).slice(0, 10), point]),
  );
  const dates = [...points.keys()];
  const firsts = dates.filter((date) => date.endsWith('-01'));
  const halves = firsts.filter((date) => /-(01|07)-01$/.test(date));
  const within = (some: string[], today: string, years: number) =>
    some.filter((date) => date <= today && yearsLater(date, years) > today);
  return dates.flatMap((today, index) => {
    const now = Number(points.get(today)?.at);
    const promised = [
      ...dates.slice(Math.max(0, index - 29), index + 1),
      ...within(firsts, today, 1),
      ...within(halves, today, 5),
    ];
    return promised.filter((date) => !(Number(points.get(date)?.expires) > now)).map((date) => `${today}: ${date}`);
  });
}

const yearsLater = (date: string, years: number) => `${Number(date.slice(0, 4)) + years}${date.slice(4)}`;

import {
  type EvidencePoint,
  type EvidencePolicy,
  type EvidenceRow,
  evidence,
  NO_MEMORY,
  remember,
} from '../../src/backup/evidence.lambda-shared';
import { recoveryPoints, rulesOf } from './calendar';
import { define } from './fixture';
import { PRESET_POLICY } from './preset-policy';

const DATABASE = 'arn:aws:rds:eu-south-2:111122223333:db:charging';
const SINCE = new Date('2026-01-01T12:00:00Z');
const NOW = new Date('2031-08-15T12:00:00Z');

/** Every point that the deployed plan makes from the beginning and that is not expired now. */
const alive = recoveryPoints(rulesOf(define().stack), '2026-01-02T00:00:00Z', NOW.toISOString())
  .filter(({ expires }) => expires > NOW)
  .map(({ at }) => point(at));

function point(createdAt: Date, resource = DATABASE): EvidencePoint {
  return { arn: `${resource}:${createdAt.toISOString()}`, resource, resourceType: 'RDS', createdAt, bytes: 1024 };
}

const run = (points: EvidencePoint[], steady = true, now = NOW, since = SINCE) =>
  evidence(PRESET_POLICY, [{ arn: DATABASE, steady }], points, since, now);
const missing = (rows: EvidenceRow[]) => rows.filter(({ status }) => status === 'MISSING').map(({ date }) => date);

test('of five and a half years of nights finds every promise kept', () => {
  const rows = run(alive);
  expect(missing(rows)).toEqual([]);
  // 30 days, the 1sts of a year before them, and the half-years of five.
  expect(rows).toHaveLength(49);
  expect(rows.at(0)).toMatchObject({ date: '2027-01-01', rules: 'Daily Monthly HalfYearly', keptUntil: '2032-01-02' });
  expect(rows.at(-1)).toEqual({
    resource: DATABASE,
    resourceType: 'RDS',
    date: '2031-08-15',
    rules: 'Daily',
    keptUntil: '2031-09-14',
    status: 'PRESENT',
    recoveryPoint: `${DATABASE}:2031-08-15T01:00:00.000Z`,
    bytes: 1024,
  });
});

test.each([
  ['the daily of last night', '2031-08-15'],
  ['the monthly of half a year ago', '2031-02-01'],
  ['the half-yearly of four years ago', '2027-07-01'],
])('misses %s', (_name, date) => {
  expect(missing(run(alive.filter(({ createdAt }) => !createdAt.toISOString().startsWith(date))))).toEqual([date]);
});

test('does not miss what may be gone: the daily of 31 days ago, the 1st of a year and a day ago', () => {
  const dates = run([]).map(({ date }) => date);
  expect(dates).toContain('2031-07-17');
  expect(dates).not.toContain('2031-07-16');
  expect(dates).toContain('2030-09-01');
  expect(dates).not.toContain('2030-08-01');
});

test('does not miss last night before it is due', () => {
  const nights = alive.filter(({ createdAt }) => createdAt < new Date('2031-08-15T00:00:00Z'));
  expect(missing(run(nights, true, new Date('2031-08-15T08:59:00Z')))).toEqual([]);
  expect(missing(run(nights, true, new Date('2031-08-15T09:00:00Z')))).toEqual(['2031-08-15']);
});

test('promises nothing for days before the policy, nor for its first day', () => {
  const since = new Date('2031-08-13T00:30:00Z');
  expect(missing(run([], true, NOW, since))).toEqual(['2031-08-14', '2031-08-15']);
});

test('counts a night by the date in Spain: 00:30 there is the day before in UTC', () => {
  const early: EvidencePolicy = { ...PRESET_POLICY, dueAfterHours: 1 };
  const now = new Date('2031-08-15T12:00:00Z');
  const nights = ['2031-08-13T22:30:00Z', '2031-08-14T22:30:00Z'].map((at) => point(new Date(at)));
  const since = new Date('2031-08-13T00:00:00Z');
  expect(missing(evidence(early, [{ arn: DATABASE, steady: true }], nights, since, now))).toEqual([]);
});

test('of a machine that is gone demands points only while it lived', () => {
  const lived = ['2031-08-01', '2031-08-02', '2031-08-04'].map((date) => point(new Date(`${date}T01:00:00Z`)));
  expect(missing(run(lived, false))).toEqual(['2031-08-03']);
  expect(run([], false)).toEqual([]);
});

test('of a resource that came later demands points from its first on', () => {
  const later = ['2031-08-13', '2031-08-15'].map((date) => point(new Date(`${date}T01:00:00Z`)));
  expect(missing(run(later))).toEqual(['2031-08-14']);
});

test('of a resource that has no point at all misses every promise', () => {
  expect(missing(run([]))).toHaveLength(49);
});

test('takes no point of another resource', () => {
  expect(missing(run([...alive].map(({ createdAt }) => point(createdAt, `${DATABASE}-2`))))).toHaveLength(49);
});

describe('what the last evidence knew', () => {
  const knew = remember(PRESET_POLICY, alive, run(alive), NO_MEMORY);
  const [oldest, ...others] = alive;

  test('is the first date of each resource, and every miss', () => {
    expect(knew).toEqual({ since: { [DATABASE]: '2027-01-01' }, told: [] });
    expect(remember(PRESET_POLICY, others, run(others), NO_MEMORY)).toEqual({
      since: { [DATABASE]: '2027-07-01' },
      told: [],
    });
  });

  test('finds out that somebody deleted the oldest point', () => {
    const rows = evidence(PRESET_POLICY, [{ arn: DATABASE, steady: true }], others, SINCE, NOW, knew);
    expect(oldest.createdAt.toISOString()).toMatch(/^2027-01-01/);
    expect(missing(rows)).toEqual(['2027-01-01']);
    expect(remember(PRESET_POLICY, others, rows, knew)).toEqual({
      since: { [DATABASE]: '2027-01-01' },
      told: [`${DATABASE} 2027-01-01`],
    });
  });

  test('finds out that somebody deleted every point', () => {
    expect(missing(evidence(PRESET_POLICY, [{ arn: DATABASE, steady: true }], [], SINCE, NOW, knew))).toHaveLength(49);
  });

  test('promises nothing that is over, nor for a machine after its last point', () => {
    const later = new Date('2040-01-01T12:00:00Z');
    const machine = [{ arn: DATABASE, steady: false }];
    expect(evidence(PRESET_POLICY, machine, alive, SINCE, later, knew)).toEqual([]);
    expect(missing(evidence(PRESET_POLICY, machine, alive, SINCE, NOW, knew))).toEqual([]);
  });
});

import {
  daysToKeep,
  mayDelete,
  pointBefore,
  pointOf,
  type RecoveryPoint,
  refuseLocked,
  restoredName,
} from '../../src/backup/recovery.lambda-shared';

const DAY = 24 * 3600 * 1000;
const NOW = new Date('2026-11-25T12:00:00Z');
const POLICY = {
  rules: [
    { name: 'Daily', keepDays: 30, firstOfMonth: false },
    { name: 'Monthly', keepDays: 366, firstOfMonth: true },
  ],
  timeZone: 'Europe/Madrid',
  dueAfterHours: 11,
};

/** A point as the daily rule makes it, kept for `days`. */
function point(date: string, days = 30): RecoveryPoint {
  const createdAt = new Date(`${date}T02:00:00Z`);
  return { arn: `point-${date}`, createdAt, deleteAt: new Date(createdAt.getTime() + days * DAY) };
}

const POINTS = [point('2026-11-25'), point('2026-11-24'), point('2026-11-01', 366)];

describe('the point before a moment', () => {
  test('is the newest one that was there', () => {
    expect(pointBefore(POINTS, NOW).arn).toBe('point-2026-11-25');
    expect(pointBefore(POINTS, new Date('2026-11-25T02:00:00Z')).arn).toBe('point-2026-11-25');
    expect(pointBefore(POINTS, new Date('2026-11-25T01:59:59Z')).arn).toBe('point-2026-11-24');
  });

  test('is refused before the oldest, and where there is none', () => {
    const early = new Date('2026-10-31T00:00:00Z');
    expect(() => pointBefore(POINTS, early)).toThrow(
      'there is no recovery point of 2026-10-31T00:00:00.000Z or before; the oldest is of 2026-11-01T02:00:00.000Z',
    );
    expect(() => pointBefore([], early)).toThrow('or before; there is none at all');
  });
});

describe('the point of a date', () => {
  test('is that of the date in Spain', () => {
    const late = { arn: 'late', createdAt: new Date('2026-11-23T23:30:00Z') };
    expect(pointOf([late], '2026-11-24', 'Europe/Madrid')).toBe(late);
    expect(() => pointOf([late], '2026-11-23', 'Europe/Madrid')).toThrow(
      'there is no recovery point of 2026-11-23 in Europe/Madrid, so none is chosen',
    );
  });

  test('is refused where there are two, which its moment tells apart', () => {
    const later = { arn: 'later', createdAt: new Date('2026-11-24T10:00:00.500Z') };
    const all = [...POINTS, later];
    expect(() => pointOf(all, '2026-11-24', 'Europe/Madrid')).toThrow(
      'there are 2 recovery points of 2026-11-24 in Europe/Madrid, so none is chosen; name one by its moment: 2026-11-24T02:00:00Z, 2026-11-24T10:00:00Z',
    );
    expect(pointOf(all, '2026-11-24T10:00:00Z', 'Europe/Madrid')).toBe(later);
    expect(() => pointOf(all, '2026-11-24T10:00:01Z', 'Europe/Madrid')).toThrow(
      'there is no recovery point of 2026-11-24T10:00:01Z',
    );
  });

  test.each(['24.11.2026', '2026-11-24 ', '2026-11-24T10:00Z', ''])('is refused for %j', (date) => {
    expect(() => pointOf(POINTS, date, 'Europe/Madrid')).toThrow(
      `the date must be written as 2026-11-25, or a moment as 2026-11-25T03:00:00Z, got '${date}'`,
    );
  });
});

describe('a point', () => {
  const deletes =
    (chosen: RecoveryPoint, all = POINTS) =>
    () =>
      mayDelete(chosen, all, POLICY);

  test('may go before its time', () => {
    expect(deletes(POINTS[1])).not.toThrow();
    expect(deletes(POINTS[2])).not.toThrow();
  });

  test('is the last way back while it is the newest', () => {
    expect(deletes(POINTS[0])).toThrow(
      'point-2026-11-25 is the newest recovery point of the resource; take another backup before it is deleted',
    );
  });

  test('stays where somebody asked for a longer life than its rule gives', () => {
    const kept = point('2026-11-24', 32);
    expect(deletes(point('2026-11-24', 31), [POINTS[0]])).not.toThrow();
    expect(deletes(kept, [POINTS[0], kept])).toThrow(
      'point-2026-11-24 was asked to be kept until 2026-12-26T02:00:00.000Z, longer than its rule; the audit log says by whom',
    );
    const forEver = { ...kept, deleteAt: undefined };
    expect(deletes(forEver, [POINTS[0], forEver])).toThrow('was asked to be kept until further notice');
  });

  test('of the 1st stays as long as its own rule gives, not as the daily one', () => {
    const first = point('2026-11-01', 368);
    expect(deletes(first, [POINTS[0], first])).toThrow('was asked to be kept until 2027-11-04T02:00:00.000Z');
  });

  test('is neither deleted nor changed in a locked vault, of whatever age', () => {
    expect(() => refuseLocked(POINTS[2], false)).not.toThrow();
    expect(() => refuseLocked(POINTS[2], true)).toThrow(
      'the vault is locked: nobody deletes point-2026-11-01 before 2027-11-02T02:00:00.000Z or changes its life, unless the lock is lifted first',
    );
  });
});

describe('a longer life', () => {
  test('ends with the day that was asked for', () => {
    expect(daysToKeep(POINTS[1], '2031-12-31')).toBe(1864);
  });

  test('is never a shorter one', () => {
    expect(() => daysToKeep(POINTS[1], '2026-12-23')).toThrow(
      'point-2026-11-24 is kept until 2026-12-24T02:00:00.000Z already; a life is never shortened here',
    );
  });

  test('is refused where it is the one that it has, to the second', () => {
    const kept = { ...POINTS[1], deleteAt: new Date('2026-12-31T23:59:59Z') };
    expect(() => daysToKeep(kept, '2026-12-31')).toThrow('is kept until 2026-12-31T23:59:59.000Z already');
    expect(daysToKeep({ ...kept, deleteAt: new Date('2026-12-31T23:59:58Z') }, '2026-12-31')).toBe(38);
  });

  test('is at most what AWS Backup gives', () => {
    expect(daysToKeep(POINTS[1], '2126-10-30')).toBe(36_500);
    expect(() => daysToKeep(POINTS[1], '2126-10-31')).toThrow(
      'a recovery point may live 36500 days, and 2126-10-31 would be 36501',
    );
  });

  test.each(['31/12/2031', '2031-13-01', ''])('is refused for %j', (until) => {
    expect(() => daysToKeep(POINTS[1], until)).toThrow(
      `the date to keep it until must be written as 2031-12-31, got '${until}'`,
    );
  });
});

test('what is restored has a name that nothing living has, and that RDS takes', () => {
  expect(restoredName('restored-', 'charging', NOW)).toBe('restored-charging-20261125-1200');
  const long = restoredName('restored-', 'x'.repeat(63), NOW);
  expect(long).toMatch(/^restored-x+-20261125-1200$/);
  expect(long).toHaveLength(63);
});

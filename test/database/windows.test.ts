import { Lazy, Stack } from 'aws-cdk-lib';
import { Cron } from 'croner';
import { validateWindows } from '../../src/database/windows';

const BACKUP = '22:30-23:30';
const MAINTENANCE = 'Sun:05:00-Sun:06:00';
const validate = (backup: string, maintenance: string) => () => validateWindows(new Stack(), backup, maintenance);

test.each([
  [BACKUP, MAINTENANCE],
  ['04:00-04:30', MAINTENANCE],
  ['00:30-01:00', MAINTENANCE],
  ['23:45-00:15', MAINTENANCE],
  ['04:30-05:00', MAINTENANCE],
  ['06:00-06:30', MAINTENANCE],
  [BACKUP, 'sun:23:30-mon:00:30'],
  [BACKUP, 'Mon:00:30-Mon:01:00'],
  [BACKUP, 'Sat:05:00-Sat:22:30'],
])('accepts %s with %s', (backup, maintenance) => {
  expect(validate(backup, maintenance)).not.toThrow();
});

test('skips what is unknown until deployment', () => {
  const token = Lazy.string({ produce: () => 'later' });
  expect(validate(token, token)).not.toThrow();
});

test.each(['22:30', '22:30-22:59', '24:00-00:30', '9:00-10:00', '22:30-23:60', '22:30-22:30', ' 22:30-23:30'])(
  'rejects backup window %s',
  (backup) => {
    expect(validate(backup, MAINTENANCE)).toThrow(
      `[Default] 'backupWindow' must be at least 30 minutes of every day in UTC, such as '22:30-23:30', got '${backup}'`,
    );
  },
);

test.each([
  'Sun:05:00',
  'Sun:05:00-Sun:05:29',
  'Sun:05:00-Mon:05:00',
  'Son:05:00-Son:06:00',
  'Sun:25:00-Sun:26:00',
  'Sun:06:00-Sun:05:00',
  '05:00-06:00',
])('rejects maintenance window %s', (maintenance) => {
  expect(validate(BACKUP, maintenance)).toThrow(
    `[Default] 'maintenanceWindow' must be 30 minutes to 24 hours of the week in UTC, such as 'Sun:05:00-Sun:06:00', got '${maintenance}'`,
  );
});

test.each(['03:59-04:30', '00:31-01:01', '02:00-02:30', '23:00-05:00'])(
  'rejects backup window %s in the hours of the nightly backup',
  (backup) => {
    expect(validate(backup, 'Sun:12:00-Sun:13:00')).toThrow(
      `[Default] 'backupWindow' must keep clear of 01:00-04:00 UTC, when the nightly backup of 03:00 Spanish time starts, got '${backup}'`,
    );
  },
);

test.each(['Sun:04:59-Sun:05:30', 'Wed:00:31-Wed:01:01', 'Sat:23:50-Sun:01:10', 'Tue:04:30-Tue:05:30'])(
  'rejects maintenance window %s in the hours of the nightly backup or right after them',
  (maintenance) => {
    expect(validate(BACKUP, maintenance)).toThrow(
      `[Default] 'maintenanceWindow' and the hour before it must keep clear of 01:00-04:00 UTC, when the nightly backup of 03:00 Spanish time starts, got '${maintenance}'`,
    );
  },
);

test.each([
  ['05:30-06:30', MAINTENANCE],
  ['05:15-05:45', MAINTENANCE],
  ['22:30-23:30', 'Fri:23:29-Fri:23:59'],
])('rejects overlapping windows %s and %s', (backup, maintenance) => {
  expect(validate(backup, maintenance)).toThrow(
    `[Default] 'backupWindow' and 'maintenanceWindow' must not overlap, got '${backup}' and '${maintenance}'`,
  );
});

test('03:00 of both Spanish time zones, and an hour to start, is within the hours kept clear, on every day', () => {
  for (const timezone of ['Europe/Madrid', 'Atlantic/Canary']) {
    const runs = new Cron('0 3 * * *', { timezone }).nextRuns(2 * 366, '2026-01-01T00:00:00');
    const starts = new Set(runs.map((run) => run.getUTCHours()));
    expect([...starts].every((hour) => hour >= 1 && hour + 1 <= 4)).toBe(true);
    expect(starts.size).toBe(2);
  }
});

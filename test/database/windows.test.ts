import { Duration, Lazy, Stack, TimeZone } from 'aws-cdk-lib';
import { Cron } from 'croner';
import { nightlyBackup } from '../../src/database/nightly-backup';
import { validateWindows } from '../../src/database/windows';

const BACKUP = '22:30-23:30';
const MAINTENANCE = 'Sun:05:00-Sun:06:00';
const stack = new Stack();
const validate =
  (backup: string, maintenance: string, nightly = {}) =>
  () =>
    validateWindows(stack, backup, maintenance, nightlyBackup(stack, nightly));

test.each([
  [BACKUP, MAINTENANCE],
  ['03:00-03:30', MAINTENANCE],
  ['00:30-01:00', MAINTENANCE],
  ['23:45-00:15', MAINTENANCE],
  ['04:30-05:00', MAINTENANCE],
  ['06:00-06:30', MAINTENANCE],
  [BACKUP, 'sun:23:30-mon:00:30'],
  [BACKUP, 'Mon:00:30-Mon:01:00'],
  [BACKUP, 'Mon:04:00-Mon:04:30'],
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

test.each([
  ['02:59-03:30', '02:00-03:00'],
  ['00:31-01:01', '01:00-02:00'],
  ['01:10-01:40', '01:00-02:00'],
  ['23:00-05:00', '02:00-03:00'],
])('rejects backup window %s, which meets the nightly backup of winter or summer', (backup, night) => {
  expect(validate(backup, 'Sun:12:00-Sun:13:00')).toThrow(
    `[Default] 'backupWindow' must keep clear of ${night} UTC, when the nightly backup of 03:00 Europe/Madrid starts, got '${backup}'`,
  );
});

test.each([
  ['Sun:03:59-Sun:04:30', '02:00-03:00'],
  ['Wed:00:31-Wed:01:01', '01:00-02:00'],
  ['Sat:23:50-Sun:01:10', '01:00-02:00'],
  ['Tue:02:30-Tue:03:30', '02:00-03:00'],
])('rejects maintenance window %s, which meets the nightly backup or follows right after', (maintenance, night) => {
  expect(validate(BACKUP, maintenance)).toThrow(
    `[Default] 'maintenanceWindow' and the hour before it must keep clear of ${night} UTC, when the nightly backup of 03:00 Europe/Madrid starts, got '${maintenance}'`,
  );
});

test('another nightly backup is kept clear of instead', () => {
  const canary = { timeZone: TimeZone.ATLANTIC_CANARY, minute: 30, startWindow: Duration.hours(2) };
  expect(validate('01:30-02:00', 'Sun:08:00-Sun:09:00', canary)).not.toThrow();
  expect(validate('05:00-05:30', MAINTENANCE, canary)).toThrow(
    "[Default] 'backupWindow' must keep clear of 03:30-05:30 UTC, when the nightly backup of 03:30 Atlantic/Canary starts, got '05:00-05:30'",
  );
  const night = { hour: 0, timeZone: TimeZone.ASIA_TOKYO };
  expect(nightlyBackup(stack, night).windows).toEqual([{ text: '15:00-16:00', start: 900, length: 60 }]);
});

test.each([
  [{ hour: 24 }, "'hour' of 'nightlyBackup' must be a whole number of 0 to 23, got 24"],
  [{ minute: 60 }, "'minute' of 'nightlyBackup' must be a whole number of 0 to 59, got 60"],
  [{ startWindow: Duration.minutes(59) }, "'startWindow' of 'nightlyBackup' must be a whole number of 1 to 12, got"],
  [{ startWindow: Duration.hours(13) }, "'startWindow' of 'nightlyBackup' must be a whole number of 1 to 12, got 13"],
  [
    { timeZone: TimeZone.of('Spain/Madrid') },
    "'timeZone' of 'nightlyBackup' must be a zone of the IANA time zone database, such as 'Europe/Madrid', got 'Spain/Madrid'",
  ],
])('rejects a nightly backup of %j', (nightly, message) => {
  expect(validate(BACKUP, MAINTENANCE, nightly)).toThrow(`[Default] ${message}`);
});

test.each([
  ['05:30-06:30', MAINTENANCE],
  ['05:15-05:45', MAINTENANCE],
  ['22:30-23:30', 'Fri:23:29-Fri:23:59'],
])('rejects overlapping windows %s and %s', (backup, maintenance) => {
  expect(validate(backup, maintenance)).toThrow(
    `[Default] 'backupWindow' and 'maintenanceWindow' must not overlap, got '${backup}' and '${maintenance}'`,
  );
});

test.each([TimeZone.EUROPE_MADRID, TimeZone.ATLANTIC_CANARY])('knows 03:00 of every day of %s', (timeZone) => {
  const runs = new Cron('0 3 * * *', { timezone: timeZone.timezoneName }).nextRuns(2 * 366, '2026-01-01T00:00:00');
  const starts = new Set(runs.map((run) => run.getUTCHours() * 60));
  expect(new Set(nightlyBackup(stack, { timeZone }).windows.map(({ start }) => start))).toEqual(starts);
});

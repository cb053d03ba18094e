import { type TestRestore, testOfWeek, unprovenDatabases } from '../../src/backup/restore-proof.lambda-shared';

const DATABASE = 'arn:aws:rds:eu-south-2:111122223333:db:charging';
const CLUSTER = 'arn:aws:rds:eu-south-2:111122223333:cluster:charging';
/** The Monday after the first Sunday of November, at 09:00 in Madrid. */
const MONDAY = new Date('2026-11-02T08:00:00Z');

const point = (date: string, resource = DATABASE, resourceType = 'RDS') => ({
  arn: `${resource} ${date}`,
  resource,
  resourceType,
  createdAt: new Date(`${date}T02:00:00Z`),
  bytes: 1,
});
const NEWEST = point('2026-11-01');
const POINTS = [point('2026-10-30'), point('2026-10-31'), NEWEST];
const restore = (status: string, validation = '', recoveryPoint = NEWEST.arn): TestRestore => ({
  ...{ recoveryPoint, status, validation },
});
const unproven = (restores: TestRestore[], validated = true, points = POINTS, now = MONDAY) =>
  unprovenDatabases(points, restores, { planArn: 'plan', validated }, 'Europe/Madrid', now);

test.each([
  ['2026-11-01', undefined],
  ['2026-11-02', '2026-11-01'],
  ['2026-11-08', '2026-11-01'],
  ['2026-11-09', undefined],
  ['2026-12-06', undefined],
  ['2026-12-07', '2026-12-06'],
  ['2027-02-08', '2027-02-07'],
  ['2027-02-15', undefined],
])('on %s the test to tell of is that of %s', (today, expected) => {
  expect(testOfWeek(today)).toBe(expected);
});

test('a database is proven by a restore that was found good', () => {
  expect(unproven([restore('COMPLETED', 'SUCCESSFUL')])).toEqual([]);
});

test.each([['TIMED_OUT'], ['FAILED'], ['VALIDATING'], ['']])(
  '%j proves nothing, where somebody should look',
  (validation) => {
    expect(unproven([restore('COMPLETED', validation)])).toEqual([DATABASE]);
  },
);

test('a restore that completed is enough where nobody looks', () => {
  expect(unproven([restore('COMPLETED', 'TIMED_OUT')], false)).toEqual([]);
  expect(unproven([restore('FAILED')], false)).toEqual([DATABASE]);
  expect(unproven([restore('RUNNING')], false)).toEqual([DATABASE]);
});

test('a test that never ran, or of another database only, proves nothing', () => {
  const other = `${DATABASE}-2`;
  const points = [...POINTS, point('2026-10-31', other)];
  expect(unproven([])).toEqual([DATABASE]);
  expect(unproven([restore('COMPLETED', 'SUCCESSFUL', `${other} 2026-10-31`)], true, points)).toEqual([DATABASE]);
});

test('one good restore is enough', () => {
  expect(unproven([restore('FAILED'), restore('COMPLETED', 'SUCCESSFUL')])).toEqual([]);
});

test('nothing is due of a database without a point that the test could take', () => {
  expect(unproven([], true, [NEWEST])).toEqual([]);
  expect(unproven([], true, [point('2026-10-02')])).toEqual([]);
  expect(unproven([], true, [point('2026-10-03')])).toEqual([DATABASE]);
});

test('nothing is due of what the test does not restore', () => {
  const machine = point('2026-10-31', 'arn:aws:ec2:eu-south-2:111122223333:instance/i-1', 'EC2');
  expect(unproven([], true, [point('2026-10-31', CLUSTER), machine])).toEqual([]);
});

test('a test is told of for one week, by the date in Spain', () => {
  expect(unproven([], true, POINTS, new Date('2026-11-08T22:59:00Z'))).toEqual([DATABASE]);
  expect(unproven([], true, POINTS, new Date('2026-11-08T23:00:00Z'))).toEqual([]);
});

import { Lazy, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import {
  connectionsFor,
  fiveTimes,
  memoryOf,
  validateMaxConnections,
  validateStorage,
} from '../../src/database/sizing';

const type = (name: string) => new ec2.InstanceType(name);
const gib = Size.gibibytes;

test.each([
  ['t3.micro', 1],
  ['t4g.small', 2],
  ['t4g.medium', 4],
  ['t3.large', 8],
  ['m7g.large', 8],
  ['m6gd.xlarge', 16],
  ['r7g.large', 16],
  ['r8gd.2xlarge', 64],
  ['m7i.24xlarge', 384],
])('%s has %d GiB', (name, expected) => {
  expect(memoryOf(new Stack(), type(name))).toBe(expected);
});

test.each(['c7g.large', 'm7g.medium', 'm7g.metal', 't2.micro', 'db.m7g.large', 'm4.large', 'x'])(
  'refuses class %s',
  (name) => {
    expect(() => memoryOf(new Stack(), type(name))).toThrow(
      `[Default] 'instanceType' must be a t3, t4g, m5 to m8 or r5 to r8 class that RDS offers for MySQL, got '${name}'`,
    );
  },
);

test.each([
  [1, 76],
  [8, 614],
  [16, 1228],
])('%d GiB hold %d connections', (memory, expected) => {
  expect(connectionsFor(memory)).toBe(expected);
});

test.each([10, 614])('accepts %d connections on m7g.large', (value) => {
  expect(() => validateMaxConnections(new Stack(), value, type('m7g.large'))).not.toThrow();
});

test.each([9, 615, 100.5, Number.NaN])('rejects %d connections on m7g.large', (value) => {
  expect(() => validateMaxConnections(new Stack(), value, type('m7g.large'))).toThrow(
    `[Default] 'maxConnections' must be a whole number of 10 to 614 on m7g.large (12 MiB of memory each), got ${value}; take a larger 'instanceType' for more`,
  );
});

test('skips a number of connections that is unknown until deployment', () => {
  const value = Lazy.number({ produce: () => 1 });
  expect(() => validateMaxConnections(new Stack(), value, type('m7g.large'))).not.toThrow();
});

test.each([
  [gib(20), gib(22), undefined],
  [gib(65_536 / 2), gib(65_536), undefined],
  [gib(400), gib(1000), 12_000],
  [gib(400), gib(1000), 64_000],
  [Size.tebibytes(1), Size.tebibytes(2), undefined],
])('accepts storage %s to %s with %s iops', (allocated, limit, iops) => {
  expect(() => validateStorage(new Stack(), { allocated, limit, iops })).not.toThrow();
});

test.each([
  [gib(19), 19],
  [gib(65_537), 65_537],
  [Size.mebibytes(20_481), 20_481 / 1024],
])('rejects allocated storage %s', (allocated, shown) => {
  expect(() => validateStorage(new Stack(), { allocated, limit: gib(100) })).toThrow(
    `[Default] 'allocatedStorage' must be 20 to 65536 whole GiB, got ${shown} GiB`,
  );
});

test('rejects a limit above what gp3 can be', () => {
  expect(() => validateStorage(new Stack(), { allocated: gib(100), limit: gib(65_537) })).toThrow(
    "[Default] 'maxAllocatedStorage' must be 20 to 65536 whole GiB, got 65537 GiB",
  );
});

test.each([21, 20])('rejects a limit of %d GiB over 20 GiB', (limit) => {
  expect(() => validateStorage(new Stack(), { allocated: gib(20), limit: gib(limit) })).toThrow(
    `[Default] 'maxAllocatedStorage' must be at least a tenth above the 20 GiB of 'allocatedStorage', got ${limit} GiB`,
  );
});

test('rejects iops on small gp3', () => {
  expect(() => validateStorage(new Stack(), { allocated: gib(399), limit: gib(1000), iops: 12_000 })).toThrow(
    "[Default] 'iops' cannot be chosen below 400 GiB of 'allocatedStorage', where gp3 always has 3000, got 12000 on 399 GiB; leave it out or allocate more",
  );
});

test.each([11_999, 64_001, 12_000.5])('rejects %d iops', (iops) => {
  expect(() => validateStorage(new Stack(), { allocated: gib(400), limit: gib(1000), iops })).toThrow(
    `[Default] 'iops' must be a whole number of 12000 to 64000, got ${iops}`,
  );
});

test('skips storage that is unknown until deployment', () => {
  const later = gib(Lazy.number({ produce: () => 1 }));
  expect(() => validateStorage(new Stack(), { allocated: later, limit: later })).not.toThrow();
  expect(fiveTimes(later)).toBe(later);
});

test('leaves room for five times the storage, within what gp3 can be', () => {
  expect(fiveTimes(gib(100)).toGibibytes()).toBe(500);
  expect(fiveTimes(gib(20_000)).toGibibytes()).toBe(65_536);
});

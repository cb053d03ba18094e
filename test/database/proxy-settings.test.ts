import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import type { RdsProxyOptions } from '../../src/database';
import { proxySettings } from '../../src/database/proxy-settings';

const settings = (options: RdsProxyOptions) => proxySettings(new Stack(), options);

test('has the documented defaults', () => {
  expect(settings({})).toEqual({
    maxConnectionsPercent: 90,
    maxIdleConnectionsPercent: 50,
    borrowTimeout: Duration.seconds(30),
    idleClientTimeout: Duration.minutes(30),
  });
});

test('keeps no more idle than it may open', () => {
  expect(settings({ maxConnectionsPercent: 20 }).maxIdleConnectionsPercent).toBe(20);
});

test.each([
  { maxConnectionsPercent: 1 },
  { maxConnectionsPercent: 100 },
  { maxIdleConnectionsPercent: 0 },
  { maxIdleConnectionsPercent: 90 },
  { borrowTimeout: Duration.seconds(0) },
  { borrowTimeout: Duration.minutes(5) },
  { idleClientTimeout: Duration.seconds(1) },
  { idleClientTimeout: Duration.hours(8) },
])('accepts %j', (options) => {
  expect(settings(options)).toMatchObject(options);
});

test('skips what is unknown until deployment', () => {
  const number = Lazy.number({ produce: () => 1 });
  const time = Duration.seconds(number);
  expect(() =>
    settings({
      maxConnectionsPercent: number,
      maxIdleConnectionsPercent: number,
      borrowTimeout: time,
      idleClientTimeout: time,
    }),
  ).not.toThrow();
});

test.each([0, 101, 50.5])('rejects a share of %d percent', (value) => {
  expect(() => settings({ maxConnectionsPercent: value })).toThrow(
    `[Default] 'maxConnectionsPercent' must be a whole number of 1 to 100 percent, got ${value}`,
  );
});

test.each([-1, 81])('rejects an idle share of %d percent of 80', (value) => {
  expect(() => settings({ maxConnectionsPercent: 80, maxIdleConnectionsPercent: value })).toThrow(
    `[Default] 'maxIdleConnectionsPercent' must be a whole number of 0 to 80 percent, got ${value}`,
  );
});

test.each([
  ['borrowTimeout', Duration.seconds(301), 'must be 0 to 300 whole seconds, got 301'],
  ['borrowTimeout', Duration.millis(500), 'must be 0 to 300 whole seconds, got 0.5'],
  ['idleClientTimeout', Duration.seconds(0), 'must be 1 to 28800 whole seconds, got 0'],
  ['idleClientTimeout', Duration.seconds(28_801), 'must be 1 to 28800 whole seconds, got 28801'],
])('rejects %s of %s', (prop, value, message) => {
  expect(() => settings({ [prop]: value })).toThrow(`[Default] '${prop}' ${message}`);
});

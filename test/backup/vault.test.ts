import { Duration, Stack } from 'aws-cdk-lib';
import { VaultLock, type VaultLockOptions } from '../../src/backup';
import { lockConfiguration } from '../../src/backup/vault';

const days = Duration.days;
const retentions = { daily: days(30), monthly: days(366), halfYearly: days(1827) };
const lock = (options?: VaultLockOptions) =>
  lockConfiguration(new Stack(), options ? VaultLock.governance(options) : VaultLock.none(), retentions);

test('no lock is none', () => expect(lock()).toBeUndefined());

test('a lock has the bounds of the rules', () => {
  expect(lock({})).toEqual({ minRetention: days(30), maxRetention: days(1827) });
});

test('a lock becomes irreversible only where that word is said', () => {
  const irreversible = (changeableFor: Duration) =>
    lockConfiguration(new Stack(), VaultLock.irreversibleCompliance({ changeableFor }), retentions);
  expect(Object.keys(lock({}) ?? {})).not.toContain('changeableFor');
  expect(irreversible(days(3))).toMatchObject({ changeableFor: days(3) });
  expect(() => irreversible(days(2))).toThrow(
    "[Default] 'changeableFor' of the vault lock must be 3 to 36500 days, got 2",
  );
});

test.each([
  { minRetention: days(1), maxRetention: days(1827) },
  { minRetention: days(30), maxRetention: days(36_500) },
])('accepts %j', (options) => {
  expect(lock(options)).toEqual(options);
});

test('rejects a shortest retention above the daily rule', () => {
  expect(() => lock({ minRetention: days(31) })).toThrow(
    "[Default] 'minRetention' of the vault lock must be 1 to 30 days, the policy's 'dailyRetention', got 31; every daily job would fail",
  );
});

test('rejects a longest retention below the half-yearly rule', () => {
  expect(() => lock({ maxRetention: days(1826) })).toThrow(
    "[Default] 'maxRetention' of the vault lock must be 1827 to 36500 days, from the policy's 'halfYearlyRetention', got 1826; every half-yearly job would fail",
  );
});

test.each([
  ['minRetention', 0],
  ['maxRetention', 36_501],
])('rejects %s of %d days', (prop, value) => {
  expect(() => lock({ [prop]: days(value) })).toThrow(
    `[Default] '${prop}' must be 1 to 36500 whole days, got ${value}`,
  );
});

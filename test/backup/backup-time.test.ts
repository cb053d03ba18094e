import { Lazy } from 'aws-cdk-lib';
import { BackupTime } from '../../src/backup';

test.each([
  [0, 0],
  [23, 59],
])('accepts %d:%d', (hour, minute) => {
  expect(BackupTime.of(hour, minute)).toMatchObject({ hour, minute });
});

test('is the full hour unless told otherwise', () => expect(BackupTime.of(3).minute).toBe(0));

test.each([-1, 24, 3.5, Number.NaN])('rejects hour %d', (hour) => {
  expect(() => BackupTime.of(hour)).toThrow(`'hour' of BackupTime.of must be a whole number, 0 to 23, got ${hour}`);
});

test.each([-1, 60])('rejects minute %d', (minute) => {
  expect(() => BackupTime.of(3, minute)).toThrow(
    `'minute' of BackupTime.of must be a whole number, 0 to 59, got ${minute}`,
  );
});

test('rejects what is known only at deployment', () => {
  expect(() => BackupTime.of(Lazy.number({ produce: () => 3 }))).toThrow(
    "'hour' of BackupTime.of must be a whole number, 0 to 23, got a token",
  );
});

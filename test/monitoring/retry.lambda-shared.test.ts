import { secondsUntilRetry } from '../../src/monitoring/retry.lambda-shared';

test('waits double from half a minute to a quarter of an hour', () => {
  const longest = [1, 2, 3, 4, 5, 6, 60].map((attempt) => secondsUntilRetry(attempt, undefined, 1));
  expect(longest).toEqual([30, 60, 120, 240, 480, 900, 900]);
});

test('waits are spread over their upper half', () => {
  expect([0, 0.5, 1].map((random) => secondsUntilRetry(3, undefined, random))).toEqual([60, 90, 120]);
});

test.each([
  [0, 1],
  [1, 1],
  [3600, 3600],
  [3601, 3600],
  [1e9, 3600],
])('a webhook that asks for %d seconds gets %d', (asked, given) => {
  expect(secondsUntilRetry(5, asked)).toBe(given);
});

test('sixty attempts last for about half a day', () => {
  const hours = (random: number) =>
    Array.from({ length: 59 }, (_, index) => secondsUntilRetry(index + 1, undefined, random)).reduce((a, b) => a + b) /
    3600;
  expect(hours(0)).toBeGreaterThan(6);
  expect(hours(1)).toBeLessThan(14);
});

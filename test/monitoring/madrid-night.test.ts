import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { madridNight } from '../../src/monitoring/madrid-night';

const { expression, label } = madridNight(new cloudwatch.Metric({ namespace: 'Test', metricName: 'Requests' }));

/** The expression as a function of the time, with CloudWatch's functions, which tell the time in UTC. */
function isNight(time: Date): number {
  const text = expression
    .replace(/\bAND\b/g, '&&')
    .replace(/\bOR\b/g, '||')
    .replace(/\((m)\)/g, '()');
  const functions = {
    IF: (condition: boolean, yes: number, no: number) => (condition ? yes : no),
    HOUR: () => time.getUTCHours(),
    DAY: () => time.getUTCDay() || 7,
    DATE: () => time.getUTCDate(),
    MONTH: () => time.getUTCMonth() + 1,
  };
  return new Function(...Object.keys(functions), `return ${text}`)(...Object.values(functions));
}

const madrid = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Madrid', hour: 'numeric', hourCycle: 'h23' });

test('every hour of the weeks around the changes of the clock, for twenty years', () => {
  const wrong: string[] = [];
  for (let year = 2026; year <= 2045; year++) {
    for (const month of [2, 9]) {
      for (let hour = 15 * 24; hour < 33 * 24; hour++) {
        const time = new Date(Date.UTC(year, month, 1, hour));
        if (isNight(time) !== (Number(madrid.format(time)) < 8 ? 1 : 0)) {
          wrong.push(time.toISOString());
        }
      }
    }
  }
  expect(wrong).toEqual([]);
});

test.each([
  ['2026-01-15T22:59:00Z', 0],
  ['2026-01-15T23:00:00Z', 1],
  ['2026-01-16T06:59:00Z', 1],
  ['2026-01-16T07:00:00Z', 0],
  ['2026-07-15T21:59:00Z', 0],
  ['2026-07-15T22:00:00Z', 1],
  ['2026-07-16T06:00:00Z', 0],
])('%s', (time, night) => {
  expect(isNight(new Date(time))).toBe(night);
});

test('fits into a metric of a dashboard and says what it is', () => {
  expect(expression.length).toBeLessThan(1024);
  expect(label).toBe('Night in Madrid, 00:00 to 08:00');
});

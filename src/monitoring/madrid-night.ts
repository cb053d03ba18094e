import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** The last Sunday of the month has come; Monday is day 1. The clock changes at 01:00 UTC, when it is night before and after. */
const AFTER_LAST_SUNDAY = '(DAY(m) == 7 AND DATE(m) >= 25) OR (DAY(m) < 7 AND DATE(m) - DAY(m) >= 25)';
const BEFORE_LAST_SUNDAY = '(DAY(m) == 7 AND DATE(m) < 25) OR (DAY(m) < 7 AND DATE(m) - DAY(m) < 25)';
/** Summer time of the European Union: from the last Sunday of March to that of October. */
const SUMMER = `(MONTH(m) > 3 AND MONTH(m) < 10) OR (MONTH(m) == 3 AND (${AFTER_LAST_SUNDAY})) OR (MONTH(m) == 10 AND (${BEFORE_LAST_SUNDAY}))`;

/**
 * A band that is 1 from 00:00 to 08:00 in Madrid and 0 otherwise: the hours of the low tariff, in which cars charge at home and
 * backups run. Annotations of CloudWatch have fixed dates and graphs know fixed offsets only, so the time of the figures is
 * computed, summer time included.
 */
export function madridNight(metric: cloudwatch.IMetric): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: `IF(${SUMMER}, IF(HOUR(m) >= 22 OR HOUR(m) < 6, 1, 0), IF(HOUR(m) >= 23 OR HOUR(m) < 7, 1, 0))`,
    usingMetrics: { m: metric },
    label: 'Night in Madrid, 00:00 to 08:00',
    color: '#c7c7c7',
  });
}

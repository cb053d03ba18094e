import type { Duration, TimeZone } from 'aws-cdk-lib';

/** When the nightly backup of another construct starts, such as that of `SpanishBackupPolicy`. */
export interface NightlyBackupOptions {
  /**
   * Hour of the day, 0 to 23.
   * @default 3
   */
  readonly hour?: number;
  /**
   * Minute of the hour, 0 to 59.
   * @default 0
   */
  readonly minute?: number;
  /**
   * Whose time it is.
   * @default TimeZone.EUROPE_MADRID
   */
  readonly timeZone?: TimeZone;
  /**
   * How long after that time it may still start, 1 to 12 whole hours.
   * @default Duration.hours(1)
   */
  readonly startWindow?: Duration;
}

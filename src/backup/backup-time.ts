import { Token } from 'aws-cdk-lib';

/** A time of day at which backups start. */
export class BackupTime {
  /**
   * A time of day.
   * @param hour 0 to 23; not the hour that summer time takes away and gives twice: 2 on the Peninsula, 1 in the Canary Islands
   * @param minute 0 to 59
   */
  public static of(hour: number, minute: number = 0): BackupTime {
    check('hour', hour, 23);
    check('minute', minute, 59);
    return new BackupTime(hour, minute);
  }

  private constructor(
    /** Hour, 0 to 23. */
    public readonly hour: number,
    /** Minute, 0 to 59. */
    public readonly minute: number,
  ) {}
}

function check(name: string, value: number, last: number): void {
  if (Token.isUnresolved(value) || !Number.isInteger(value) || value < 0 || value > last) {
    const got = Token.isUnresolved(value) ? 'a token' : value;
    throw new Error(`'${name}' of BackupTime.of must be a whole number, 0 to ${last}, got ${got}`);
  }
}

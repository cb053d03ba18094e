import { TimeZone } from 'aws-cdk-lib';

/** What every scheduled job has. */
export interface JobScheduleOptions {
  /** Name of the job: a lower-case letter, then up to 30 lower-case letters, digits or hyphens. */
  readonly name: string;
  /** Command that runs in the container, one argument each; no shell stands between. */
  readonly command: string[];
  /**
   * Time zone of the schedule.
   * @default TimeZone.EUROPE_MADRID
   */
  readonly timeZone?: TimeZone;
}

/** Options of `JobSchedule.daily`. */
export interface DailyJobOptions extends JobScheduleOptions {
  /** Hour, 0 to 23. */
  readonly hour: number;
  /**
   * Minute, 0 to 59.
   * @default 0
   */
  readonly minute?: number;
}

/** Options of `JobSchedule.calendar`. */
export interface CalendarJobOptions extends JobScheduleOptions {
  /**
   * When, as a calendar event of systemd without time zone: `Mon..Fri *-*-* 04:30:00`.
   * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.time.html
   */
  readonly calendar: string;
}

/**
 * When a job runs, and what it does. Whichever machine in service takes the lease of this time first runs it, at most once over the whole
 * fleet: a run that breaks off, with its machine for example, is not repeated before the next time of the calendar.
 */
export class JobSchedule {
  /** Once a day. */
  public static daily(options: DailyJobOptions): JobSchedule {
    const { hour, minute = 0 } = options;
    return new JobSchedule(options, `*-*-* ${twoDigits(hour)}:${twoDigits(minute)}:00`);
  }

  /** On a calendar of your own. */
  public static calendar(options: CalendarJobOptions): JobSchedule {
    return new JobSchedule(options, options.calendar);
  }

  /** Name of the job. */
  public readonly name: string;
  /** @internal */
  public readonly _command: string[];
  /** @internal */
  public readonly _timeZone: TimeZone;

  private constructor(
    options: JobScheduleOptions,
    /** @internal */
    public readonly _calendar: string,
  ) {
    this.name = options.name;
    this._command = options.command;
    this._timeZone = options.timeZone ?? TimeZone.EUROPE_MADRID;
  }
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';

/**
 * Hours in which the nightly backup of 03:00 may start: 03:00 in Madrid is 01:00 or 02:00 UTC, in the Canary Islands 02:00 or
 * 03:00, and AWS Backup starts a job within an hour. Other rooms are not imported, so this is said here once more.
 */
const NIGHTLY_BACKUP: Window = { text: '01:00-04:00', start: 60, length: 180 };
/** AWS Backup starts no job of RDS from an hour before a maintenance window to its end. */
const BACKUP_BLOCKED_BEFORE_MAINTENANCE = 60;
const DAY = 24 * 60;
const WEEK_DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** A stretch of the day, in minutes UTC; it may run past midnight. */
interface Window {
  readonly text: string;
  readonly start: number;
  readonly length: number;
}

/** Refuses windows that RDS would refuse, and windows in which the nightly backup could not run. */
export function validateWindows(scope: Construct, backupWindow: string, maintenanceWindow: string): void {
  const backup = Token.isUnresolved(backupWindow) ? undefined : parseBackupWindow(scope, backupWindow);
  const maintenance = Token.isUnresolved(maintenanceWindow) ? undefined : parseMaintenance(scope, maintenanceWindow);
  if (backup && meet(backup, NIGHTLY_BACKUP)) {
    throw invalid(
      scope,
      `'backupWindow' must keep clear of 01:00-04:00 UTC, when the nightly backup of 03:00 Spanish time starts, got '${backup.text}'`,
    );
  }
  if (maintenance && meet(withHourBefore(maintenance), NIGHTLY_BACKUP)) {
    throw invalid(
      scope,
      `'maintenanceWindow' and the hour before it must keep clear of 01:00-04:00 UTC, when the nightly backup of 03:00 Spanish time starts, got '${maintenance.text}'`,
    );
  }
  if (backup && maintenance && meet(backup, maintenance)) {
    throw invalid(
      scope,
      `'backupWindow' and 'maintenanceWindow' must not overlap, got '${backup.text}' and '${maintenance.text}'`,
    );
  }
}

function parseBackupWindow(scope: Construct, text: string): Window {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  const start = match && Number(match[1]) * 60 + Number(match[2]);
  const length = match && modulo(Number(match[3]) * 60 + Number(match[4]) - (start ?? 0), DAY);
  if (start === null || length === null || length < 30) {
    throw invalid(
      scope,
      `'backupWindow' must be at least 30 minutes of every day in UTC, such as '22:30-23:30', got '${text}'`,
    );
  }
  return { text, start, length };
}

function parseMaintenance(scope: Construct, text: string): Window {
  const point = '([a-z]{3}):([01]\\d|2[0-3]):([0-5]\\d)';
  const match = new RegExp(`^${point}-${point}$`).exec(text.toLowerCase());
  const start = match && minuteOfWeek(match.slice(1, 4));
  const end = match && minuteOfWeek(match.slice(4, 7));
  const length = modulo((end ?? Number.NaN) - (start ?? Number.NaN), 7 * DAY);
  if (start === null || !(length >= 30 && length < DAY)) {
    throw invalid(
      scope,
      `'maintenanceWindow' must be 30 minutes to 24 hours of the week in UTC, such as 'Sun:05:00-Sun:06:00', got '${text}'`,
    );
  }
  return { text, start: start % DAY, length };
}

function minuteOfWeek([day, hour, minute]: string[]): number {
  const index = WEEK_DAYS.indexOf(day);
  return index < 0 ? Number.NaN : index * DAY + Number(hour) * 60 + Number(minute);
}

function withHourBefore(window: Window): Window {
  return {
    text: window.text,
    start: modulo(window.start - BACKUP_BLOCKED_BEFORE_MAINTENANCE, DAY),
    length: window.length + BACKUP_BLOCKED_BEFORE_MAINTENANCE,
  };
}

/** Whether two stretches of the day have a minute in common. */
function meet(a: Window, b: Window): boolean {
  return modulo(b.start - a.start, DAY) < a.length || modulo(a.start - b.start, DAY) < b.length;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

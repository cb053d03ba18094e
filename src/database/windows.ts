import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { NightlyBackup } from './nightly-backup';
import { DAY, meet, modulo, type Window } from './window';

/** AWS Backup starts no job of RDS from an hour before a maintenance window to its end. */
const BACKUP_BLOCKED_BEFORE_MAINTENANCE = 60;
const WEEK_DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Refuses windows that RDS would refuse, and windows in which the nightly backup could not run, be it winter or summer. */
export function validateWindows(
  scope: Construct,
  backupWindow: string,
  maintenanceWindow: string,
  nightly: NightlyBackup,
): void {
  const backup = Token.isUnresolved(backupWindow) ? undefined : parseBackupWindow(scope, backupWindow);
  const maintenance = Token.isUnresolved(maintenanceWindow) ? undefined : parseMaintenance(scope, maintenanceWindow);
  const clash = (window: Window | undefined) => window && nightly.windows.find((night) => meet(window, night));
  const duringBackup = clash(backup);
  if (backup && duringBackup) {
    throw invalid(
      scope,
      `'backupWindow' must keep clear of ${duringBackup.text} UTC, when the nightly backup of ${nightly.text} starts, got '${backup.text}'`,
    );
  }
  const duringMaintenance = clash(maintenance && withHourBefore(maintenance));
  if (maintenance && duringMaintenance) {
    throw invalid(
      scope,
      `'maintenanceWindow' and the hour before it must keep clear of ${duringMaintenance.text} UTC, when the nightly backup of ${nightly.text} starts, got '${maintenance.text}'`,
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

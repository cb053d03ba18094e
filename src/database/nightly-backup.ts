import { Duration, TimeZone } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { NightlyBackupOptions } from './nightly-backup-options';
import { DAY, modulo, type Window } from './window';

/** The nightly backup in UTC: once where its zone has no summer time, else in winter and in summer. */
export interface NightlyBackup {
  /** As people say it: `03:00 Europe/Madrid`. */
  readonly text: string;
  readonly windows: readonly Window[];
}

export function nightlyBackup(scope: Construct, options: NightlyBackupOptions): NightlyBackup {
  const { hour = 3, minute = 0, timeZone = TimeZone.EUROPE_MADRID, startWindow = Duration.hours(1) } = options;
  checkWhole(scope, 'hour', hour, 0, 23);
  checkWhole(scope, 'minute', minute, 0, 59);
  const hours = startWindow.toHours({ integral: false });
  checkWhole(scope, 'startWindow', hours, 1, 12);
  const offsets = [0, 6].map((month) => offsetOf(scope, timeZone, month));
  const windows = [...new Set(offsets)].map((offset) => windowAt(hour * 60 + minute - offset, hours * 60));
  return { text: `${clock(hour * 60 + minute)} ${timeZone.timezoneName}`, windows };
}

function checkWhole(scope: Construct, prop: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalid(scope, `'${prop}' of 'nightlyBackup' must be a whole number of ${min} to ${max}, got ${value}`);
  }
}

/** Minutes that the zone is ahead of UTC in the middle of a month. The year is any: the rules of its days are the same. */
function offsetOf(scope: Construct, { timezoneName }: TimeZone, month: number): number {
  const noon = new Date(Date.UTC(2026, month, 15, 12));
  try {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone: timezoneName, hour: '2-digit', minute: '2-digit' });
    const [hour, minute] = format.format(noon).split(':').map(Number);
    return hour * 60 + minute - 12 * 60;
  } catch {
    throw invalid(
      scope,
      `'timeZone' of 'nightlyBackup' must be a zone of the IANA time zone database, such as 'Europe/Madrid', got '${timezoneName}'`,
    );
  }
}

function windowAt(minute: number, length: number): Window {
  const start = modulo(minute, DAY);
  return { text: `${clock(start)}-${clock(start + length)}`, start, length };
}

function clock(minute: number): string {
  const inDay = modulo(minute, DAY);
  return [Math.floor(inDay / 60), inDay % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

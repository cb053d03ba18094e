import { MAX_DAYS } from './constants';
import { type EvidencePolicy, fallsOn } from './evidence.lambda-shared';

const DAY = 24 * 3600 * 1000;

/** A completed recovery point of one resource. */
export interface RecoveryPoint {
  readonly arn: string;
  readonly createdAt: Date;
  /** When AWS Backup deletes it; a point without an end is kept. */
  readonly deleteAt?: Date;
}

/** Why something is not done, as a sentence for the person who asked. */
export class Refusal extends Error {
  public readonly name = 'Refusal';
}

/** The newest point that was made at `moment` or before: what the resource was like then. */
export function pointBefore(points: readonly RecoveryPoint[], moment: Date): RecoveryPoint {
  const before = points.filter(({ createdAt }) => createdAt <= moment);
  if (before.length === 0) {
    const oldest = points.at(-1)?.createdAt.toISOString();
    throw new Refusal(
      `there is no recovery point of ${moment.toISOString()} or before; ${oldest ? `the oldest is of ${oldest}` : 'there is none at all'}`,
    );
  }
  return newest(before);
}

/** The only point of a local date, or the one of a moment where a date has several. */
export function pointOf(points: readonly RecoveryPoint[], when: string, timeZone: string): RecoveryPoint {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/.test(when)) {
    throw new Refusal(`the date must be written as 2026-11-25, or a moment as 2026-11-25T03:00:00Z, got '${when}'`);
  }
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  const found = points.filter(({ createdAt }) => [format.format(createdAt), momentOf(createdAt)].includes(when));
  if (found.length === 0) {
    throw new Refusal(`there is no recovery point of ${when} in ${timeZone}, so none is chosen`);
  }
  if (found.length > 1) {
    const moments = found.map(({ createdAt }) => momentOf(createdAt)).join(', ');
    throw new Refusal(
      `there are ${found.length} recovery points of ${when} in ${timeZone}, so none is chosen; name one by its moment: ${moments}`,
    );
  }
  return found[0];
}

/** The second in UTC, as people write it. */
function momentOf(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

/**
 * AWS Backup lets nobody delete a point of a locked vault or change its life, so nobody is told that it was done.
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html
 */
export function refuseLocked(point: RecoveryPoint, isLocked: boolean): void {
  if (isLocked) {
    throw new Refusal(
      `the vault is locked: nobody deletes ${point.arn} before ${point.deleteAt?.toISOString() ?? 'further notice'} or changes its life, unless the lock is lifted first`,
    );
  }
}

/** Whether a point may go before its time: a longer life that somebody asked for forbids it, and the last way back stays. */
export function mayDelete(point: RecoveryPoint, points: readonly RecoveryPoint[], policy: EvidencePolicy): void {
  if (point === newest(points)) {
    throw new Refusal(
      `${point.arn} is the newest recovery point of the resource; take another backup before it is deleted`,
    );
  }
  const promised = promisedUntil(point, policy);
  if (point.deleteAt === undefined || point.deleteAt.getTime() > promised + DAY) {
    throw new Refusal(
      `${point.arn} was asked to be kept until ${point.deleteAt?.toISOString() ?? 'further notice'}, longer than its rule; the audit log says by whom`,
    );
  }
}

/** Days of life that keep a point until the end of the date `until`; never fewer than it has. */
export function daysToKeep(point: RecoveryPoint, until: string): number {
  const end = Date.parse(`${until}T23:59:59Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until) || Number.isNaN(end)) {
    throw new Refusal(`the date to keep it until must be written as 2031-12-31, got '${until}'`);
  }
  if (point.deleteAt === undefined || point.deleteAt.getTime() >= end) {
    throw new Refusal(
      `${point.arn} is kept until ${point.deleteAt?.toISOString() ?? 'further notice'} already; a life is never shortened here`,
    );
  }
  const days = Math.ceil((end - point.createdAt.getTime()) / DAY);
  if (days > MAX_DAYS) {
    throw new Refusal(`a recovery point may live ${MAX_DAYS} days, and ${until} would be ${days}`);
  }
  return days;
}

/** Name of what is restored: never that of something that lives. */
export function restoredName(prefix: string, original: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 16).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${prefix}${original.slice(0, 63 - prefix.length - stamp.length - 1)}-${stamp}`.replaceAll(/-+/g, '-');
}

function newest(points: readonly RecoveryPoint[]): RecoveryPoint {
  return points.reduce((best, point) => (point.createdAt > best.createdAt ? point : best));
}

/** When the rules of the point's date would have let it go. */
function promisedUntil(point: RecoveryPoint, policy: EvidencePolicy): number {
  const date = new Intl.DateTimeFormat('sv-SE', { timeZone: policy.timeZone, dateStyle: 'short' }).format(
    point.createdAt,
  );
  const days = policy.rules.filter((rule) => fallsOn(rule, date)).map(({ keepDays }) => keepDays);
  return point.createdAt.getTime() + Math.max(0, ...days) * DAY;
}

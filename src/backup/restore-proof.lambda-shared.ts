import { RESTORE_WINDOW_DAYS } from './constants';
import { type EvidencePoint, LocalCalendar, plusDays } from './evidence.lambda-shared';

/** The monthly restore test, as far as evidence of it is asked for. */
export interface RestoreTesting {
  readonly planArn: string;
  /** Whether restored databases are looked at, too. */
  readonly validated: boolean;
}

/** A restore job of the test, as AWS Backup lists it. */
export interface TestRestore {
  readonly recoveryPoint: string;
  readonly status: string;
  readonly validation: string;
}

const SUNDAY = 0;

/** The local date of the test of the last seven days, which is on the first Sunday of a month. Tests of before were told then. */
export function testOfWeek(today: string): string | undefined {
  const week = [1, 2, 3, 4, 5, 6, 7].map((ago) => plusDays(today, -ago));
  return week.find((date) => new Date(date).getUTCDay() === SUNDAY && Number(date.slice(8)) <= 7);
}

/**
 * Databases that had a point the night before the last test, and that no restore of it proves: none was started, it failed, or nobody
 * told AWS Backup in time what it holds. Events of AWS Backup may be lost; its list of jobs is not.
 */
export function unprovenDatabases(
  points: readonly EvidencePoint[],
  restores: readonly TestRestore[],
  { validated }: RestoreTesting,
  timeZone: string,
  now: Date,
): string[] {
  const calendar = new LocalCalendar(timeZone);
  const test = testOfWeek(calendar.dateOf(now));
  if (test === undefined) {
    return [];
  }
  const proven = new Set(
    restores
      .filter(({ status, validation }) => status === 'COMPLETED' && (!validated || validation === 'SUCCESSFUL'))
      .map(({ recoveryPoint }) => recoveryPoint),
  );
  const provenResources = new Set(points.filter(({ arn }) => proven.has(arn)).map(({ resource }) => resource));
  const tested = points.filter(({ resource, resourceType, createdAt }) => {
    const date = calendar.dateOf(createdAt);
    // The test restores no clusters, which the construct says at synthesis.
    return (
      resourceType === 'RDS' &&
      !resource.includes(':cluster:') &&
      date < test &&
      date > plusDays(test, -RESTORE_WINDOW_DAYS)
    );
  });
  return [...new Set(tested.map(({ resource }) => resource))].filter((resource) => !provenResources.has(resource));
}

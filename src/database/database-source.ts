import { Token } from 'aws-cdk-lib';

/** From what the database is made. Once it exists, another source is refused by CloudFormation, because it would replace it. */
export class DatabaseSource {
  /** A new, empty database. */
  public static empty(): DatabaseSource {
    return new DatabaseSource('empty');
  }

  /**
   * A snapshot, of RDS itself or a recovery point of AWS Backup.
   * @param snapshot name of the snapshot, or its ARN (of one shared by another account, or a recovery point's)
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html
   */
  public static snapshot(snapshot: string): DatabaseSource {
    return new DatabaseSource('snapshot', named('snapshot', snapshot));
  }

  /**
   * Another database of this account and region, as it was at one moment within its backup retention.
   * @param database name of its instance; with readable standbys, of its cluster
   * @param moment in UTC, e.g. `2026-11-24T03:00:00Z`; left out, the latest that can be restored, some five minutes ago
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
   */
  public static pointInTime(database: string, moment?: string): DatabaseSource {
    if (moment !== undefined && !Token.isUnresolved(moment) && !isMoment(moment)) {
      throw new Error(
        `'moment' of DatabaseSource.pointInTime must be a second in UTC, such as '2026-11-24T03:00:00Z', got '${moment}'`,
      );
    }
    return new DatabaseSource('pointInTime', named('pointInTime', database), moment);
  }

  private constructor(
    /** @internal */
    public readonly _kind: 'empty' | 'snapshot' | 'pointInTime',
    /** @internal */
    public readonly _from: string = '',
    /** @internal */
    public readonly _moment?: string,
  ) {}
}

function named(factory: string, name: string): string {
  if (name === '') {
    throw new Error(`the name given to DatabaseSource.${factory} must not be empty`);
  }
  return name;
}

function isMoment(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text));
}

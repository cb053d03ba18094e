import type * as rds from 'aws-cdk-lib/aws-rds';
import type { RestoreValidation } from './restore-validation';

/** Options of the monthly restore test. */
export interface MonthlyRestoreTestOptions {
  /**
   * Subnets into which databases are restored, such as `database.subnetGroup`.
   * @default - AWS Backup takes the account's default VPC, and the test fails where there is none
   */
  readonly subnetGroup?: rds.ISubnetGroup;
  /**
   * How restored databases are looked at; needs `subnetGroup`.
   * @default - not: the test proves that a database starts from the recovery point
   */
  readonly validation?: RestoreValidation;
}

/** Whether recovery points are proven by restoring them. */
export class RestoreTest {
  /**
   * On the first Sunday of each month at 05:00, the newest recovery point of every database in the vault is restored beside the
   * original, kept for an hour and deleted. It costs some hours of each database's machine and storage. With a `validation` it
   * proves that the data is there, without one that a database starts from the point.
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
   */
  public static monthly(options: MonthlyRestoreTestOptions = {}): RestoreTest {
    return new RestoreTest(options);
  }

  /** Nothing is restored until somebody needs it. */
  public static none(): RestoreTest {
    return new RestoreTest(undefined);
  }

  /** @internal */
  public readonly _monthly: MonthlyRestoreTestOptions | undefined;

  private constructor(monthly: MonthlyRestoreTestOptions | undefined) {
    this._monthly = monthly;
  }
}

import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { RestoreCheck } from './restore-check';

/** Options of `RestoreValidation.mysql`. */
export interface MysqlRestoreValidationOptions {
  /** VPC of the restored databases, which is that of the test's `subnetGroup`. */
  readonly vpc: ec2.IVpc;
  /** Name of the database that must be there, such as `database.databaseName`: 1 to 64 letters, digits or underscores. */
  readonly databaseName: string;
  /**
   * MySQL user that logs in with an IAM token, 1 to 32 lower-case letters, digits or underscores, beginning with a letter. A recovery
   * point has the users of its night, so make it once, before the first test:
   *
   * `CREATE USER 'restore_check'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL;
   * GRANT SELECT ON charging.* TO 'restore_check'@'%';`
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html
   * @default 'restore_check'
   */
  readonly user?: string;
  /**
   * Port on which restored databases listen, 1150 to 65535; the filters of their subnets must let it in.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html
   * @default 33306, the port of `ResilientMysql`
   */
  readonly port?: number;
  /**
   * What must hold beyond that the server answers, lets the user in and has the database: at most 20, of 3000 characters together.
   * @default []
   */
  readonly checks?: RestoreCheck[];
}

/** How a restored database is looked at. */
export class RestoreValidation {
  /**
   * Logs in to the restored MySQL server over TLS, with an IAM token in place of a password, and runs the checks. The result stands
   * in AWS Backup beside the restore job, and what failed is an alarm.
   *
   * Every database of the vault is held to the same checks. Restored databases get a security group that only the checking function
   * reaches, and the function reaches nothing else.
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-validation.html
   */
  public static mysql(options: MysqlRestoreValidationOptions): RestoreValidation {
    return new RestoreValidation(options);
  }

  private constructor(
    /** @internal */
    public readonly _options: MysqlRestoreValidationOptions,
  ) {}
}

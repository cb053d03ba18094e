import type { Duration } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';

/** Options of `BackupCopy.toVault`. */
export interface BackupCopyOptions {
  /**
   * How long copies are kept, 1 to 36500 days.
   * @default - as long as what they are copies of
   */
  readonly retention?: Duration;
}

/** A second place for recovery points. */
export class BackupCopy {
  /**
   * A vault of another region or account, defined there. A vault of another account must let this one copy into it, and what is
   * copied there must be encrypted with a key that the other account may use.
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html
   */
  public static toVault(vault: backup.IBackupVault, options: BackupCopyOptions = {}): BackupCopy {
    return new BackupCopy(vault, options.retention);
  }

  private constructor(
    /** The vault that gets the copies. */
    public readonly vault: backup.IBackupVault,
    /** @internal */
    public readonly _retention?: Duration,
  ) {}
}

import type { Duration } from 'aws-cdk-lib';

/** Bounds of a vault lock. */
export interface VaultLockOptions {
  /**
   * Shortest retention the vault accepts, 1 day to `dailyRetention`.
   * @default - the policy's `dailyRetention`
   */
  readonly minRetention?: Duration;
  /**
   * Longest retention the vault accepts, `halfYearlyRetention` to 36500 days.
   * @default - the policy's `halfYearlyRetention`
   */
  readonly maxRetention?: Duration;
}

/** What the vault itself refuses, whoever asks. */
export class VaultLock {
  /** No lock: the vault's access policy alone protects recovery points. */
  public static none(): VaultLock {
    return new VaultLock(undefined);
  }

  /**
   * No recovery point is deleted before its time and none is kept outside the bounds. People with the permission
   * `backup:DeleteBackupVaultLockConfiguration` can lift the lock, which is how a point is deleted on request.
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
   */
  public static governance(options: VaultLockOptions = {}): VaultLock {
    return new VaultLock(options);
  }

  /** @internal */
  public readonly _governance: VaultLockOptions | undefined;

  private constructor(governance: VaultLockOptions | undefined) {
    this._governance = governance;
  }
}

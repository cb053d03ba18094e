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

/** Bounds of a vault lock that becomes irreversible. */
export interface IrreversibleVaultLockOptions extends VaultLockOptions {
  /**
   * How long the lock can still be lifted after the deployment, 3 to 36500 days. After that nobody can, AWS included: no recovery point
   * goes before its time, and the account pays for each until then.
   */
  readonly changeableFor: Duration;
}

/** What the vault itself refuses, whoever asks. */
export class VaultLock {
  /** No lock: the vault's access policy alone protects recovery points. */
  public static none(): VaultLock {
    return new VaultLock(undefined);
  }

  /**
   * No recovery point is deleted before its time, none gets another life, and none is made outside the bounds. People with the
   * permission `backup:DeleteBackupVaultLockConfiguration` can lift the lock, which is how a point is deleted or kept on request.
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
   */
  public static governance(options: VaultLockOptions = {}): VaultLock {
    return new VaultLock(options);
  }

  /**
   * The same, and after `changeableFor` nobody can lift it or change its bounds any more. A recovery point can then not be deleted on
   * request either, whatever a law or an owner asks.
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
   */
  public static irreversibleCompliance(options: IrreversibleVaultLockOptions): VaultLock {
    return new VaultLock(options, options.changeableFor);
  }

  private constructor(
    /** @internal */
    public readonly _bounds: VaultLockOptions | undefined,
    /** @internal */
    public readonly _changeableFor?: Duration,
  ) {}
}

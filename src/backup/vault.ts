import { RemovalPolicy } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import { type Retentions, wholeDays } from './rules';
import type { VaultLock } from './vault-lock';

/** A vault that stays when the stack goes. */
export function defineVault(
  scope: Construct,
  id: string,
  encryptionKey: kms.IKey,
  lock: backup.LockConfiguration | undefined,
): backup.BackupVault {
  return new backup.BackupVault(scope, id, {
    encryptionKey,
    lockConfiguration: lock,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
}

/** Only the named roles delete recovery points or shorten their lives before the time, and only `policyRole` changes that. */
export function guardVault(
  vault: backup.BackupVault,
  deletionRoles: readonly iam.IRole[],
  policyRole: iam.IRole | undefined,
): void {
  vault.addToAccessPolicy(
    denyBut(deletionRoles, 'KeepRecoveryPoints', 'backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'),
  );
  if (policyRole) {
    vault.addToAccessPolicy(
      denyBut(
        [policyRole],
        'KeepThisPolicy',
        'backup:DeleteBackupVaultAccessPolicy',
        'backup:PutBackupVaultAccessPolicy',
      ),
    );
  }
}

function denyBut(roles: readonly iam.IRole[], sid: string, ...actions: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid,
    effect: iam.Effect.DENY,
    principals: [new iam.AnyPrincipal()],
    actions,
    resources: ['*'],
    conditions: { ArnNotEquals: { 'aws:PrincipalArn': roles.map(({ roleArn }) => roleArn) } },
  });
}

/** The lock's bounds with their defaults; jobs outside them would fail at night, not at deployment, so they are refused here. */
export function lockConfiguration(
  scope: Construct,
  lock: VaultLock,
  retentions: Retentions,
): backup.LockConfiguration | undefined {
  if (!lock._bounds) {
    return undefined;
  }
  const minRetention = lock._bounds.minRetention ?? retentions.daily;
  const maxRetention = lock._bounds.maxRetention ?? retentions.halfYearly;
  const [min, max] = [wholeDays(scope, 'minRetention', minRetention), wholeDays(scope, 'maxRetention', maxRetention)];
  const daily = wholeDays(scope, 'dailyRetention', retentions.daily);
  const halfYearly = wholeDays(scope, 'halfYearlyRetention', retentions.halfYearly);
  if (min !== undefined && daily !== undefined && min > daily) {
    throw invalid(
      scope,
      `'minRetention' of the vault lock must be 1 to ${daily} days, the policy's 'dailyRetention', got ${min}; every daily job would fail`,
    );
  }
  if (max !== undefined && halfYearly !== undefined && max < halfYearly) {
    throw invalid(
      scope,
      `'maxRetention' of the vault lock must be ${halfYearly} to 36500 days, from the policy's 'halfYearlyRetention', got ${max}; every half-yearly job would fail`,
    );
  }
  const changeableFor = lock._changeableFor;
  const changeableDays = changeableFor && wholeDays(scope, 'changeableFor', changeableFor);
  if (changeableDays !== undefined && changeableDays < 3) {
    throw invalid(scope, `'changeableFor' of the vault lock must be 3 to 36500 days, got ${changeableDays}`);
  }
  return { minRetention, maxRetention, ...(changeableFor && { changeableFor }) };
}

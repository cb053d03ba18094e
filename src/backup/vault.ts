import { RemovalPolicy } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import { type Retentions, wholeDays } from './rules';
import type { VaultLock } from './vault-lock';

export interface VaultProps {
  readonly encryptionKey: kms.IKey;
  readonly lockConfiguration?: backup.LockConfiguration;
  /** Roles that delete or shorten before the time. */
  readonly deletionRoles: readonly iam.IRole[];
  readonly policyRole?: iam.IRole;
}

/** A vault that stays when the stack goes, and from which only the named roles delete before the time. */
export function defineVault(scope: Construct, id: string, props: VaultProps): backup.BackupVault {
  const { deletionRoles, policyRole } = props;
  return new backup.BackupVault(scope, id, {
    encryptionKey: props.encryptionKey,
    lockConfiguration: props.lockConfiguration,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    accessPolicy: new iam.PolicyDocument({
      statements: [
        denyBut(
          deletionRoles,
          'KeepRecoveryPoints',
          'backup:DeleteRecoveryPoint',
          'backup:UpdateRecoveryPointLifecycle',
        ),
        ...(policyRole
          ? [
              denyBut(
                [policyRole],
                'KeepThisPolicy',
                'backup:DeleteBackupVaultAccessPolicy',
                'backup:PutBackupVaultAccessPolicy',
              ),
            ]
          : []),
      ],
    }),
  });
}

function denyBut(roles: readonly iam.IRole[], sid: string, ...actions: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid,
    effect: iam.Effect.DENY,
    principals: [new iam.AnyPrincipal()],
    actions,
    resources: ['*'],
    conditions:
      roles.length > 0 ? { ArnNotEquals: { 'aws:PrincipalArn': roles.map(({ roleArn }) => roleArn) } } : undefined,
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

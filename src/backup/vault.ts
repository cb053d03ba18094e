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
  readonly deletionRole?: iam.IRole;
}

/** A vault that stays when the stack goes, and from which only `deletionRole` deletes before the time. */
export function defineVault(scope: Construct, id: string, props: VaultProps): backup.BackupVault {
  const { deletionRole } = props;
  return new backup.BackupVault(scope, id, {
    encryptionKey: props.encryptionKey,
    lockConfiguration: props.lockConfiguration,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    accessPolicy: new iam.PolicyDocument({
      statements: [
        new iam.PolicyStatement({
          sid: 'KeepRecoveryPoints',
          effect: iam.Effect.DENY,
          principals: [new iam.AnyPrincipal()],
          actions: ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'],
          resources: ['*'],
          conditions: deletionRole && { ArnNotEquals: { 'aws:PrincipalArn': deletionRole.roleArn } },
        }),
      ],
    }),
  });
}

/** The lock's bounds with their defaults; jobs outside them would fail at night, not at deployment, so they are refused here. */
export function lockConfiguration(
  scope: Construct,
  lock: VaultLock,
  retentions: Retentions,
): backup.LockConfiguration | undefined {
  if (!lock._governance) {
    return undefined;
  }
  const minRetention = lock._governance.minRetention ?? retentions.daily;
  const maxRetention = lock._governance.maxRetention ?? retentions.halfYearly;
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
  return { minRetention, maxRetention };
}

import { Names } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import { Construct } from 'constructs';
import type { PolicyRole } from '../private/role';
import type { MonthlyRestoreTestOptions } from './restore-test';
import { defineRestoreRole } from './roles';
import type { SpanishTimeZone } from './spanish-time-zone';

export interface RestorePlanProps extends MonthlyRestoreTestOptions {
  readonly vault: backup.IBackupVault;
  readonly timeZone: SpanishTimeZone;
}

/** Restores the newest recovery point of every database in the vault once a month. */
export class RestorePlan extends Construct {
  public readonly role: PolicyRole;

  constructor(scope: Construct, id: string, props: RestorePlanProps) {
    super(scope, id);
    this.role = defineRestoreRole(this, 'Restore', {
      description: 'Lets AWS Backup restore databases to test recovery points',
      prefix: 'awsbackup-restore-test-',
      machines: false,
    });
    const plan = new backup.CfnRestoreTestingPlan(this, 'Plan', {
      // Letters, digits and underscores only, and never changed.
      restoreTestingPlanName: Names.uniqueResourceName(this, {
        maxLength: 50,
        separator: '_',
        allowedSpecialCharacters: '_',
      }),
      scheduleExpression: 'cron(0 5 ? * SUN#1 *)',
      scheduleExpressionTimezone: props.timeZone,
      startWindowHours: 8,
      recoveryPointSelection: {
        algorithm: 'LATEST_WITHIN_WINDOW',
        includeVaults: [props.vault.backupVaultArn],
        recoveryPointTypes: ['SNAPSHOT'],
        selectionWindowDays: 30,
      },
    });
    const selection = new backup.CfnRestoreTestingSelection(this, 'Databases', {
      restoreTestingPlanName: plan.ref,
      restoreTestingSelectionName: 'Databases',
      iamRoleArn: this.role.role.roleArn,
      protectedResourceType: 'RDS',
      // Every database of the vault: the plan looks into no other.
      protectedResourceArns: ['*'],
      restoreMetadataOverrides: props.subnetGroup && {
        dbSubnetGroupName: props.subnetGroup.subnetGroupName,
        publiclyAccessible: 'false',
      },
      validationWindowHours: 1,
    });
    selection.node.addDependency(this.role, plan);
  }
}

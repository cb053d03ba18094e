import { Names, Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { PolicyRole } from '../private/role';
import { RESTORE_TEST_PREFIX, RESTORE_WINDOW_DAYS } from './constants';
import type { MonthlyRestoreTestOptions } from './restore-test';
import { RestoreValidator } from './restore-validator';
import { defineRestoreRole } from './roles';
import type { SpanishTimeZone } from './spanish-time-zone';

export interface RestorePlanProps extends MonthlyRestoreTestOptions {
  readonly vault: backup.IBackupVault;
  readonly timeZone: SpanishTimeZone;
  readonly encryptionKey: kms.IKey;
  /** Value of the metrics' dimension. */
  readonly name: string;
}

/** Restores the newest recovery point of every database in the vault once a month. */
export class RestorePlan extends Construct {
  public readonly role: PolicyRole;
  public readonly validator?: RestoreValidator;
  public readonly planArn: string;

  constructor(scope: Construct, id: string, props: RestorePlanProps) {
    super(scope, id);
    const { subnetGroup, validation } = props;
    if (validation && !subnetGroup) {
      throw invalid(
        this,
        "'validation' of RestoreTest.monthly needs 'subnetGroup', got none; name the subnets of the VPC, such as database.subnetGroup",
      );
    }
    this.role = defineRestoreRole(this, 'Restore', {
      description: 'Lets AWS Backup restore databases to test recovery points',
      prefix: RESTORE_TEST_PREFIX,
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
        selectionWindowDays: RESTORE_WINDOW_DAYS,
      },
    });
    this.planArn = plan.attrRestoreTestingPlanArn;
    this.validator =
      validation &&
      new RestoreValidator(this, 'Validator', {
        options: validation._options,
        encryptionKey: props.encryptionKey,
        name: props.name,
      });
    this.validator?.listenTo(this.planArn);
    const selection = new backup.CfnRestoreTestingSelection(this, 'Databases', {
      restoreTestingPlanName: plan.ref,
      restoreTestingSelectionName: 'Databases',
      iamRoleArn: this.role.role.roleArn,
      protectedResourceType: 'RDS',
      // Every database of the vault: the plan looks into no other.
      protectedResourceArns: ['*'],
      restoreMetadataOverrides: subnetGroup && {
        dbSubnetGroupName: subnetGroup.subnetGroupName,
        publiclyAccessible: 'false',
        ...(this.validator && this.accessOf(this.validator)),
      },
      validationWindowHours: 1,
    });
    selection.node.addDependency(this.role, plan);
  }

  /** Who reaches a copy, and by which login: a copy keeps neither the security groups nor, unless told, the IAM login of its original. */
  private accessOf({ securityGroup, port }: RestoreValidator): Record<string, string> {
    return {
      // A list is JSON text here.
      vpcSecurityGroupIds: Stack.of(this).toJsonString([securityGroup.securityGroupId]),
      enableIamDatabaseAuthentication: 'true',
      port: String(port),
    };
  }
}

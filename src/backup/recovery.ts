import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { PlatformFunction } from '../private/functions';
import { PolicyRole } from '../private/role';
import { acknowledgeWildcards } from '../private/wildcards';
import * as constants from './constants';
import { deleteOrKeepDocument, restoreDocument } from './recovery-documents';
import { RecoveryFunction } from './recovery-function';
import { defineRestoreRole, pointPatterns } from './roles';

export interface RecoveryProps {
  readonly vault: backup.IBackupVault;
  readonly encryptionKey: kms.IKey;
  /** `EvidencePolicy` as JSON. */
  readonly policy: string;
  /** Whether machines are among what is restored. */
  readonly machines: boolean;
}

/** Two runbooks of Systems Manager, one function that does their steps, and the log of who asked for what. */
export class Recovery extends Construct {
  public readonly function: PlatformFunction;
  public readonly auditLog: logs.LogGroup;
  public readonly restore: ssm.CfnDocument;
  public readonly deleteOrKeep: ssm.CfnDocument;

  constructor(scope: Construct, id: string, props: RecoveryProps) {
    super(scope, id);
    this.auditLog = new logs.LogGroup(this, 'Audit', {
      encryptionKey: props.encryptionKey,
      retention: logs.RetentionDays.TEN_YEARS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.function = this.defineFunction(props);
    const automation = this.defineAutomationRole();
    const functionArn = this.function.function.functionArn;
    const describe = (document: string, content: object) => {
      const defined = new ssm.CfnDocument(this, document, {
        documentType: 'Automation',
        documentFormat: 'JSON',
        updateMethod: 'NewVersion',
        content,
      });
      defined.node.addDependency(automation);
      return defined;
    };
    this.restore = describe('Restore', restoreDocument(functionArn, automation.role.roleArn));
    this.deleteOrKeep = describe('DeleteOrKeep', deleteOrKeepDocument(functionArn, automation.role.roleArn));
  }

  private defineFunction({ vault, encryptionKey, policy, machines }: RecoveryProps): PlatformFunction {
    const restoreRole = defineRestoreRole(this, 'RestoreRole', {
      description: 'Lets AWS Backup restore beside what lives',
      prefix: constants.RESTORED_PREFIX,
      machines,
    });
    const defined = new PlatformFunction(this, 'Steps', {
      code: RecoveryFunction,
      description: 'Finds, restores, keeps and deletes recovery points for runbooks',
      encryptionKey,
      timeout: Duration.minutes(5),
      environment: {
        [constants.VAULT_NAME_ENV]: vault.backupVaultName,
        [constants.POLICY_ENV]: policy,
        [constants.RESTORE_ROLE_ENV]: restoreRole.role.roleArn,
        [constants.AUDIT_LOG_GROUP_ENV]: this.auditLog.logGroupName,
      },
    });
    defined.node.addDependency(restoreRole);
    const { partition, region, account } = Stack.of(this);
    const points = pointPatterns(this);
    defined.allow(['backup:DescribeBackupVault', 'backup:ListRecoveryPointsByBackupVault'], [vault.backupVaultArn]);
    defined.allow(
      [
        'backup:DeleteRecoveryPoint',
        'backup:GetRecoveryPointRestoreMetadata',
        'backup:StartRestoreJob',
        'backup:UpdateRecoveryPointLifecycle',
      ],
      points,
    );
    defined.allow(['iam:PassRole'], [restoreRole.role.roleArn], {
      StringEquals: { 'iam:PassedToService': 'backup.amazonaws.com' },
    });
    const executions = `arn:${partition}:ssm:${region}:${account}:automation-execution/*`;
    defined.allow(['ssm:GetAutomationExecution'], [executions]);
    defined.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [this.auditLog.logGroupArn]);
    defined.allow(['backup:DescribeRestoreJob'], ['*']);
    const restored = `arn:${partition}:rds:${region}:${account}:db:${constants.RESTORED_PREFIX}*`;
    defined.allow(['rds:DescribeDBInstances'], [restored]);
    acknowledgeWildcards(defined, 'It only reads where a database listens that it restored', restored);
    acknowledgeWildcards(
      defined,
      'Recovery points are named by AWS Backup when it makes them; the patterns end at this account and region',
      ...points,
    );
    acknowledgeWildcards(defined, 'Executions are named when they start; it only reads who started one', executions);
    acknowledgeWildcards(defined, 'backup:DescribeRestoreJob knows no resource, and only reads', '*');
    return defined;
  }

  private defineAutomationRole(): PolicyRole {
    const role = new PolicyRole(this, 'Automation', {
      assumedBy: new iam.ServicePrincipal('ssm.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: 'Lets the runbooks of recovery call their function and wait for restore jobs',
    });
    role.allow(['lambda:InvokeFunction'], [this.function.function.functionArn]);
    role.allow(['backup:DescribeRestoreJob'], ['*']);
    acknowledgeWildcards(role, 'backup:DescribeRestoreJob knows no resource, and only reads', '*');
    return role;
  }
}

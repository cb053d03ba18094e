import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import {
  BackupCopy,
  BackupTime,
  RestoreTest,
  SpanishBackupPolicy,
  type SpanishBackupPolicyProps,
  SpanishTimeZone,
  VaultLock,
} from '../../src/backup';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { resourcesOf, SPAIN, templateOf } from '../support/stacks';
import { DATABASE, DefinedAlerts, define, MACHINES } from './fixture';

const VAULT = 'AWS::Backup::BackupVault';
const PLAN = 'AWS::Backup::BackupPlan';
const SELECTION = 'AWS::Backup::BackupSelection';
const TEST_PLAN = 'AWS::Backup::RestoreTestingPlan';
const TEST_SELECTION = 'AWS::Backup::RestoreTestingSelection';

const RUNBOOK_ROLE = { 'Fn::GetAtt': [Match.stringLikeRegexp('RecoveryStepsExecutionRole'), 'Arn'] };

function rulesOf(props: Partial<SpanishBackupPolicyProps> = {}) {
  const [[, plan]] = resourcesOf(define(props).stack, PLAN);
  return plan.Properties.BackupPlan.BackupPlanRule;
}

describe('by default', () => {
  test('has one plan with the three rules of the owner', () => {
    const { stack } = define();
    const [[vault]] = resourcesOf(stack, VAULT);
    const rule = (RuleName: string, ScheduleExpression: string, DeleteAfterDays: number) => ({
      RuleName,
      ScheduleExpression,
      ScheduleExpressionTimezone: 'Europe/Madrid',
      StartWindowMinutes: 60,
      CompletionWindowMinutes: 480,
      Lifecycle: { DeleteAfterDays },
      TargetBackupVault: { 'Fn::GetAtt': [vault, 'BackupVaultName'] },
    });
    templateOf(stack).resourceCountIs(PLAN, 1);
    expect(rulesOf()).toEqual([
      rule('Daily', 'cron(0 3 * * ? *)', 30),
      rule('Monthly', 'cron(0 3 1 * ? *)', 366),
      rule('HalfYearly', 'cron(0 3 1 1,7 ? *)', 1827),
    ]);
  });

  test('selects ARNs and tags apart, with a role that is ready', () => {
    const { stack } = define();
    const selections = resourcesOf(stack, SELECTION);
    expect(selections.map(([, { Properties }]) => Properties.BackupSelection)).toEqual([
      { SelectionName: 'ByArn', IamRoleArn: expect.anything(), Resources: [DATABASE.resource] },
      {
        SelectionName: 'ByTag',
        IamRoleArn: expect.anything(),
        ListOfTags: [{ ConditionKey: 'backup', ConditionType: 'STRINGEQUALS', ConditionValue: 'spanish' }],
      },
    ]);
    for (const [, { DependsOn }] of selections) {
      expect(DependsOn).toContainEqual(expect.stringContaining('BackupPolicy'));
    }
  });

  test('defines no selection of nothing', () => {
    templateOf(define({ resources: [DATABASE] }).stack).resourceCountIs(SELECTION, 1);
    templateOf(define({ resources: [MACHINES] }).stack).resourceCountIs(SELECTION, 1);
  });

  test('has a vault that stays, with a key of its own, from which only the runbook deletes', () => {
    const { stack } = define();
    const [[key]] = resourcesOf(stack, 'AWS::KMS::Key');
    templateOf(stack).hasResource(VAULT, {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        EncryptionKeyArn: { 'Fn::GetAtt': [key, 'Arn'] },
        LockConfiguration: Match.absent(),
        AccessPolicy: {
          Statement: [
            {
              Sid: 'KeepRecoveryPoints',
              Effect: 'Deny',
              Principal: { AWS: '*' },
              Action: ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'],
              Resource: '*',
              Condition: { ArnNotEquals: { 'aws:PrincipalArn': [RUNBOOK_ROLE] } },
            },
          ],
        },
      },
    });
    templateOf(stack).hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Retain',
      Properties: { EnableKeyRotation: true },
    });
  });

  test('restores the newest point of each database once a month', () => {
    const { stack } = define();
    const [[vault]] = resourcesOf(stack, VAULT);
    templateOf(stack).hasResourceProperties(TEST_PLAN, {
      RestoreTestingPlanName: Match.stringLikeRegexp('^[A-Za-z0-9_]{1,50}$'),
      ScheduleExpression: 'cron(0 5 ? * SUN#1 *)',
      ScheduleExpressionTimezone: 'Europe/Madrid',
      StartWindowHours: 8,
      RecoveryPointSelection: {
        Algorithm: 'LATEST_WITHIN_WINDOW',
        IncludeVaults: [{ 'Fn::GetAtt': [vault, 'BackupVaultArn'] }],
        RecoveryPointTypes: ['SNAPSHOT'],
        SelectionWindowDays: 30,
      },
    });
    templateOf(stack).hasResource(TEST_SELECTION, {
      Properties: {
        ProtectedResourceType: 'RDS',
        ProtectedResourceArns: ['*'],
        ValidationWindowHours: 1,
        RestoreMetadataOverrides: Match.absent(),
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('RestoreTestRestorePolicy')]),
    });
  });

  test('defines no alarms and no rules of events', () => {
    const template = templateOf(define().stack);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.resourceCountIs('AWS::Events::Rule', 0);
  });
});

describe('props', () => {
  test('timeZone moves the rules and the restore test', () => {
    const props = { timeZone: SpanishTimeZone.CANARY_ISLANDS };
    expect(rulesOf(props).map((rule: Record<string, string>) => rule.ScheduleExpressionTimezone)).toEqual(
      Array(3).fill('Atlantic/Canary'),
    );
    templateOf(define(props).stack).hasResourceProperties(TEST_PLAN, { ScheduleExpressionTimezone: 'Atlantic/Canary' });
  });

  test.each([
    ['dailyRetention', 0],
    ['monthlyRetention', 1],
    ['halfYearlyRetention', 2],
  ])('%s', (prop, index) => {
    const props = { halfYearlyRetention: Duration.days(4000), [prop]: Duration.days(index === 0 ? 7 : 3000) };
    expect(rulesOf(props)[index].Lifecycle.DeleteAfterDays).toBe(index === 0 ? 7 : 3000);
  });

  test('lock', () => {
    templateOf(define({ lock: VaultLock.governance() }).stack).hasResourceProperties(VAULT, {
      LockConfiguration: { MinRetentionDays: 30, MaxRetentionDays: 1827, ChangeableForDays: Match.absent() },
    });
  });

  test('deletionRole is not denied to delete, beside the runbook', () => {
    const stack = new Stack(new App(), 'Test', { env: SPAIN });
    const deletionRole = iam.Role.fromRoleArn(stack, 'Keeper', 'arn:aws:iam::111122223333:role/keeper');
    new SpanishBackupPolicy(stack, 'Backup', { resources: [DATABASE], deletionRole });
    templateOf(stack).hasResourceProperties(VAULT, {
      AccessPolicy: {
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Condition: {
              ArnNotEquals: { 'aws:PrincipalArn': [RUNBOOK_ROLE, 'arn:aws:iam::111122223333:role/keeper'] },
            },
          }),
        ],
      },
    });
  });

  test('policyRole is the only one not denied to change the policy', () => {
    const stack = new Stack(new App(), 'Test', { env: SPAIN });
    const policyRole = iam.Role.fromRoleArn(stack, 'Deployer', 'arn:aws:iam::111122223333:role/deployer');
    new SpanishBackupPolicy(stack, 'Backup', { resources: [DATABASE], policyRole });
    const [[, vault]] = resourcesOf(stack, VAULT);
    expect(vault.Properties.AccessPolicy.Statement[1]).toEqual({
      Sid: 'KeepThisPolicy',
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: ['backup:DeleteBackupVaultAccessPolicy', 'backup:PutBackupVaultAccessPolicy'],
      Resource: '*',
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': ['arn:aws:iam::111122223333:role/deployer'] } },
    });
  });

  test('at moves the three rules', () => {
    const schedules = rulesOf({ at: BackupTime.of(4, 45) }).map(
      (rule: Record<string, string>) => rule.ScheduleExpression,
    );
    expect(schedules).toEqual(['cron(45 4 * * ? *)', 'cron(45 4 1 * ? *)', 'cron(45 4 1 1,7 ? *)']);
  });

  test('startWindow and completionWindow hold for the three rules, and for the alarm on a missing point', () => {
    const { stack } = define({
      startWindow: Duration.hours(2),
      completionWindow: Duration.hours(12),
      alerts: new RecordedAlerts(),
    });
    const [[, plan]] = resourcesOf(stack, PLAN);
    for (const rule of plan.Properties.BackupPlan.BackupPlanRule) {
      expect([rule.StartWindowMinutes, rule.CompletionWindowMinutes]).toEqual([120, 720]);
    }
    templateOf(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { EvaluationPeriods: 40 });
  });

  test('coldStorageAfter holds for the rules that keep 90 days longer', () => {
    const lifecycles = rulesOf({ coldStorageAfter: Duration.days(276) }).map(
      (rule: Record<string, unknown>) => rule.Lifecycle,
    );
    expect(lifecycles).toEqual([
      { DeleteAfterDays: 30 },
      { DeleteAfterDays: 366, MoveToColdStorageAfterDays: 276 },
      { DeleteAfterDays: 1827, MoveToColdStorageAfterDays: 276 },
    ]);
    expect(rulesOf({ coldStorageAfter: Duration.days(277) })[1].Lifecycle).toEqual({ DeleteAfterDays: 366 });
  });

  test('a retention that only the deployment knows reaches the evidence as itself', () => {
    const stack = new Stack(new App(), 'Test', { env: SPAIN });
    const dailyRetention = Duration.days(new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber);
    new SpanishBackupPolicy(stack, 'Backup', { resources: [DATABASE], dailyRetention });
    const [, { Properties }] = resourcesOf(stack, 'AWS::Lambda::Function').find(([id]) =>
      id.includes('EvidenceWriter'),
    ) as [string, { Properties: { Environment: { Variables: Record<string, unknown> } } }];
    expect(JSON.stringify(Properties.Environment.Variables.POLICY)).toContain('{"Ref":"Days"}');
  });

  test('copies go to the other vault, and live as long as told', () => {
    const stack = new Stack(new App(), 'Test', { env: SPAIN });
    const arn = 'arn:aws:backup:eu-west-1:111122223333:backup-vault:second';
    const vault = backup.BackupVault.fromBackupVaultArn(stack, 'Second', arn);
    new SpanishBackupPolicy(stack, 'Backup', {
      resources: [DATABASE],
      copies: [BackupCopy.toVault(vault), BackupCopy.toVault(vault, { retention: Duration.days(7) })],
    });
    const [[, plan]] = resourcesOf(stack, PLAN);
    const copied = plan.Properties.BackupPlan.BackupPlanRule.map(
      (rule: { CopyActions: { DestinationBackupVaultArn: string; Lifecycle: { DeleteAfterDays: number } }[] }) =>
        rule.CopyActions.map((action) => [action.DestinationBackupVaultArn, action.Lifecycle.DeleteAfterDays]),
    );
    expect(copied).toEqual(
      [30, 366, 1827].map((days) => [
        [arn, days],
        [arn, 7],
      ]),
    );
    expect(strictFindings(stack)).toEqual([]);
    expect(nagFindings(stack)).toEqual([]);
  });

  test('restoreTest can name the subnets, and is then not public', () => {
    const stack = new Stack(new App(), 'Test', { env: SPAIN });
    const subnetGroup = rds.SubnetGroup.fromSubnetGroupName(stack, 'Subnets', 'isolated');
    const restoreTest = RestoreTest.monthly({ subnetGroup });
    new SpanishBackupPolicy(stack, 'Backup', { resources: [DATABASE], restoreTest });
    templateOf(stack).hasResourceProperties(TEST_SELECTION, {
      RestoreMetadataOverrides: { dbSubnetGroupName: 'isolated', publiclyAccessible: 'false' },
    });
  });

  test('RestoreTest.none() restores nothing and has no role for it', () => {
    const template = templateOf(define({ restoreTest: RestoreTest.none() }).stack);
    template.resourceCountIs(TEST_PLAN, 0);
    template.resourcePropertiesCountIs(
      'AWS::IAM::Role',
      { Description: 'Lets AWS Backup restore databases to test recovery points' },
      0,
    );
  });

  test('encryptionKey replaces the key of its own', () => {
    const stack = new Stack(new App(), 'Test', { env: SPAIN });
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-south-2:111122223333:key/1234');
    new SpanishBackupPolicy(stack, 'Backup', { resources: [DATABASE], encryptionKey });
    templateOf(stack).resourceCountIs('AWS::KMS::Key', 0);
    templateOf(stack).hasResourceProperties(VAULT, { EncryptionKeyArn: encryptionKey.keyArn });
  });

  test.each([
    [{ resources: [] }, "'resources' must name at least one resource"],
    [{ dailyRetention: Duration.days(0) }, "'dailyRetention' must be"],
    [{ monthlyRetention: Duration.days(29) }, "'monthlyRetention' must be at least"],
    [{ at: BackupTime.of(2) }, "'at' must be a time that comes once"],
    [{ startWindow: Duration.minutes(59) }, "'startWindow' must be"],
    [{ coldStorageAfter: Duration.days(89) }, "'coldStorageAfter' must be"],
    [{ lock: VaultLock.governance({ minRetention: Duration.days(31) }) }, "'minRetention' of the vault lock"],
  ])('%j reaches its validator', (props, message) => {
    expect(() => define(props)).toThrow(`[Test/Backup] ${message}`);
  });
});

describe('alerts', () => {
  test('define an alarm and events, each with its severity and runbook heading', () => {
    const alerts = new RecordedAlerts();
    define({ alerts });
    expect(alerts.alarms).toEqual([
      'Missing HIGH backup-missing',
      'PointsMissing HIGH backup-points-missing',
      'EvidenceFailed MEDIUM backup-evidence-failed',
      'RestoreUnproven MEDIUM backup-restore-unproven',
    ]);
    expect(alerts.events).toEqual([
      'JobFailed MEDIUM backup-job-failed',
      'RestoreFailed MEDIUM backup-restore-test-failed',
    ]);
  });

  test('miss a point only after the longest time that may lie between two', () => {
    templateOf(define({ alerts: new RecordedAlerts() }).stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/Backup',
      MetricName: 'NumberOfBackupJobsCompleted',
      Statistic: 'Sum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Period: 3600,
      // 25 hours of the autumn day, an hour to start, eight to complete, one of the metric.
      EvaluationPeriods: 35,
      TreatMissingData: 'breaching',
    });
  });

  test('hear only of this vault and this restore test', () => {
    const { stack } = define({ alerts: new DefinedAlerts() });
    const [[vault]] = resourcesOf(stack, VAULT);
    const [jobs, restores] = resourcesOf(stack, 'AWS::Events::Rule').map(
      ([, { Properties }]) => Properties.EventPattern,
    );
    expect(jobs.detail).toEqual({
      state: ['FAILED', 'EXPIRED', 'ABORTED'],
      backupVaultName: [{ 'Fn::GetAtt': [vault, 'BackupVaultName'] }],
    });
    expect(restores.detail).toEqual({
      status: ['FAILED', 'ABORTED'],
      iamRoleArn: [{ 'Fn::GetAtt': [expect.stringContaining('RestoreTestRestoreRole'), 'Arn'] }],
    });
  });

  test('hear of copies that fail, where there are copies', () => {
    const stack = new Stack(new App(), 'Test', { env: SPAIN });
    const alerts = new DefinedAlerts();
    const arn = 'arn:aws:backup:eu-west-1:111122223333:backup-vault:second';
    const second = backup.BackupVault.fromBackupVaultArn(stack, 'Second', arn);
    new SpanishBackupPolicy(stack, 'Backup', { resources: [DATABASE], copies: [BackupCopy.toVault(second)], alerts });
    const [[vault]] = resourcesOf(stack, VAULT);
    expect(alerts.events).toContain('CopyFailed MEDIUM backup-copy-failed');
    templateOf(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.backup'],
        'detail-type': ['Copy Job State Change'],
        detail: { state: ['FAILED'], sourceBackupVaultArn: [{ 'Fn::GetAtt': [vault, 'BackupVaultArn'] }] },
      },
    });
  });

  test('hear on Monday of what the restore test left unproven', () => {
    const { stack } = define({ alerts: new RecordedAlerts() });
    const [[plan]] = resourcesOf(stack, TEST_PLAN);
    templateOf(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'ChargingPlatform/Backup',
      MetricName: 'UnprovenDatabases',
      Statistic: 'Maximum',
      Threshold: 1,
      Period: 86400,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
    templateOf(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          RESTORE_TESTING: {
            'Fn::Join': [
              '',
              ['{"planArn":"', { 'Fn::GetAtt': [plan, 'RestoreTestingPlanArn'] }, '","validated":false}'],
            ],
          },
        },
      },
    });
  });

  test('say nothing of a restore test that is not there', () => {
    const alerts = new RecordedAlerts();
    define({ alerts, restoreTest: RestoreTest.none() });
    expect(alerts.events).toHaveLength(1);
    expect(alerts.alarms.join()).not.toContain('Restore');
  });
});

test.each([
  ['metricJobsCompleted', 'NumberOfBackupJobsCompleted'],
  ['metricJobsFailed', 'NumberOfBackupJobsFailed'],
  ['metricJobsExpired', 'NumberOfBackupJobsExpired'],
] as const)('%s is %s of the vault', (method, metricName) => {
  const { stack, policy } = define();
  const metric = policy[method]();
  const [[vault]] = resourcesOf(stack, VAULT);
  expect(metric).toMatchObject({ namespace: 'AWS/Backup', metricName, statistic: 'Sum' });
  expect(stack.resolve(metric.dimensions)).toEqual({ BackupVaultName: { 'Fn::GetAtt': [vault, 'BackupVaultName'] } });
  expect(policy[method]({ period: Duration.days(1) }).period.toDays()).toBe(1);
});

test('passes the three packs', () => {
  expect(nagFindings(define({ alerts: new RecordedAlerts() }).stack)).toEqual([]);
});

test('passes the three packs with a lock, and where account and region are unknown', () => {
  const stack = new Stack(new App(), 'Test');
  new SpanishBackupPolicy(stack, 'Backup', { resources: [DATABASE, MACHINES], lock: VaultLock.governance() });
  expect(nagFindings(stack)).toEqual([]);
});

test('passes CloudFormation as AWS would check it', () => {
  expect(strictFindings(define({ alerts: new DefinedAlerts(), lock: VaultLock.governance() }).stack)).toEqual([]);
});

test('two policies fit in one stack', () => {
  const { stack } = define();
  new SpanishBackupPolicy(stack, 'Second', { resources: [DATABASE] });
  const names = [
    ...resourcesOf(stack, PLAN).map(([, { Properties }]) => Properties.BackupPlan.BackupPlanName),
    ...resourcesOf(stack, VAULT).map(([, { Properties }]) => Properties.BackupVaultName),
    ...resourcesOf(stack, TEST_PLAN).map(([, { Properties }]) => Properties.RestoreTestingPlanName),
  ];
  expect(names).toHaveLength(6);
  expect(new Set(names).size).toBe(6);
});

test('names are such as AWS Backup accepts, however long the path is', () => {
  const stack = new Stack(new App(), `A${'-Long9'.repeat(20)}`, { env: SPAIN });
  new SpanishBackupPolicy(stack, 'Backup', { resources: [DATABASE] });
  const [[, plan]] = resourcesOf(stack, PLAN);
  const [[, vault]] = resourcesOf(stack, VAULT);
  const [[, test]] = resourcesOf(stack, TEST_PLAN);
  expect(plan.Properties.BackupPlan.BackupPlanName).toMatch(/^[a-zA-Z0-9-_.]{1,50}$/);
  expect(vault.Properties.BackupVaultName).toMatch(/^[a-zA-Z0-9-_]{2,50}$/);
  expect(test.Properties.RestoreTestingPlanName).toMatch(/^[a-zA-Z0-9_]{1,50}$/);
});

test('logical ids and the name of what holds data stay', () => {
  const { stack } = define();
  const [[vaultId, vault]] = resourcesOf(stack, VAULT);
  expect([vaultId, vault.Properties.BackupVaultName]).toEqual(['BackupVaultADF21B19', 'TestBackupVault4711C941']);
  expect(resourcesOf(stack, 'AWS::KMS::Key')[0][0]).toBe('BackupKey570ED138');
});

test('two syntheses are the same', () => {
  expect(templateOf(define().stack).toJSON()).toEqual(templateOf(define().stack).toJSON());
});

test('takes resources that constructs name', () => {
  const stack = new Stack(new App(), 'Test', { env: SPAIN });
  const instance = rds.DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Db', {
    instanceIdentifier: 'charging',
    instanceEndpointAddress: 'charging.example.com',
    port: 33306,
    securityGroups: [],
  });
  const resources = [backup.BackupResource.fromRdsDatabaseInstance(instance)];
  new SpanishBackupPolicy(stack, 'Backup', { resources });
  templateOf(stack).hasResourceProperties(SELECTION, {
    BackupSelection: {
      Resources: [
        { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':rds:eu-south-2:111122223333:db:charging']] },
      ],
    },
  });
});

import { BackupClient, GetBackupPlanCommand, StartBackupJobCommand } from '@aws-sdk/client-backup';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { SSMClient, StartAutomationExecutionCommand } from '@aws-sdk/client-ssm';
import { type CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { Cron } from 'croner';
import type { LocalPlatform } from '../local-platform';

const SPAIN = 'eu-south-2';
const DATABASE = 'arn:aws:rds:eu-south-2:111122223333:db:charging';

export interface DeployedRule {
  readonly name: string;
  readonly keptDays: number;
  /** The next moments at which it runs, in UTC. */
  readonly next: Date[];
}

/** The rules of the deployed plan, with their next `count` dates. */
export async function backupRules(local: LocalPlatform, count: number): Promise<DeployedRule[]> {
  const { backup } = local.platform.platform;
  const client = new BackupClient(local.emulator.clientConfig('eu-south-2'));
  const { BackupPlan } = await client.send(
    new GetBackupPlanCommand({ BackupPlanId: await local.physicalId(backup.plan) }),
  );
  return (BackupPlan?.Rules ?? []).map((rule) => ({
    name: rule.RuleName as string,
    keptDays: rule.Lifecycle?.DeleteAfterDays as number,
    next: new Cron(fiveFields(rule.ScheduleExpression as string), {
      timezone: rule.ScheduleExpressionTimezone,
    }).nextRuns(count),
  }));
}

/** Puts recovery points of a database into the vault, made at 03:00 Spanish time `daysAgo`. Gives their local dates. */
export async function makeRecoveryPoints(local: LocalPlatform, ...daysAgo: number[]): Promise<string[]> {
  const { backup } = local.platform.platform;
  const client = new BackupClient(local.emulator.clientConfig(SPAIN));
  const BackupVaultName = await local.physicalId(backup.vault);
  // 02:30 UTC is after 03:00 in Madrid all year, and on the same day.
  const today = new Date().setUTCHours(2, 30, 0, 0);
  const made = daysAgo.map((days) => new Date(today - days * 24 * 3600 * 1000));
  for (const at of made) {
    await client.send(
      new StartBackupJobCommand({
        BackupVaultName,
        ResourceArn: DATABASE,
        IamRoleArn: 'arn:aws:iam::111122223333:role/backup',
        RecoveryPointTags: { 'emulator:made-at': String(at.getTime() / 1000) },
      }),
    );
  }
  return made.map((at) => at.toISOString().slice(0, 10));
}

/** Has the evidence written as every Monday, and gives the dates of one status. */
export async function writeEvidence(local: LocalPlatform): Promise<{ present: string[]; missing: string[] }> {
  const { backup } = local.platform.platform;
  await invoke(local, backup.node.findChild('Evidence'), {});
  const s3 = new S3Client({ ...local.emulator.clientConfig(SPAIN), forcePathStyle: true });
  const Bucket = await local.physicalId(backup.evidenceBucket);
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'evidence/' }));
  const newest = Contents.map(({ Key }) => Key as string)
    .sort()
    .at(-1);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: newest }));
  const rows = ((await Body?.transformToString()) ?? '').split('\n').map((line) => line.split(','));
  const [date, status] = ['date', 'status'].map((column) => rows[0].indexOf(column));
  const dates = (wanted: string) => rows.filter((row) => row[status] === wanted).map((row) => row[date]);
  return { present: dates('PRESENT'), missing: dates('MISSING') };
}

/** Starts the runbook "delete or keep" and does its step as Systems Manager would. Gives what the step says or why it refuses. */
export async function deleteOrKeep(local: LocalPlatform, parameters: Record<string, string>): Promise<string> {
  const { backup } = local.platform.platform;
  const recovery = backup.node.findChild('Recovery');
  const document = recovery.node.findChild('DeleteOrKeep') as CfnResource & { content: unknown };
  const ssm = new SSMClient(local.emulator.clientConfig(SPAIN));
  const { AutomationExecutionId } = await ssm.send(
    new StartAutomationExecutionCommand({ DocumentName: await local.physicalId(document) }),
  );
  const { parameters: declared, mainSteps } = Stack.of(document).resolve(document.content);
  const values: Record<string, string> = {
    ...Object.fromEntries(
      Object.entries<{ default?: string }>(declared).map(([name, one]) => [name, one.default ?? '']),
    ),
    ...parameters,
    Resource: DATABASE,
    'automation:EXECUTION_ID': AutomationExecutionId as string,
  };
  const payload = JSON.stringify(mainSteps[0].inputs.InputPayload);
  return invoke(local, recovery, JSON.parse(payload.replaceAll(/\{\{ ([\w:]+) \}\}/g, (_, name) => values[name])));
}

/** The audit of what was asked of recovery points. */
export async function recoveryAudit(local: LocalPlatform): Promise<Record<string, string>[]> {
  const logs = new CloudWatchLogsClient(local.emulator.clientConfig(SPAIN));
  const logGroupName = await local.physicalId(local.platform.platform.backup.auditLog);
  const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
  return events.map(({ message }) => JSON.parse(message as string));
}

async function invoke(local: LocalPlatform, construct: IConstruct, payload: object): Promise<string> {
  const lambda = new LambdaClient(local.emulator.clientConfig(SPAIN));
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: await local.physicalIdOf(construct, 'AWS::Lambda::Function'),
      Payload: JSON.stringify(payload),
    }),
  );
  const text = new TextDecoder().decode(Payload);
  return FunctionError ? `refused: ${JSON.parse(text).errorMessage}` : text;
}

/** AWS writes `cron(0 3 1 1,7 ? *)`: six fields, with `?` for "whatever the other day field says". */
function fiveFields(expression: string): string {
  const fields = expression.replace(/^cron\(|\)$/g, '').split(' ');
  return fields.slice(0, 5).join(' ').replaceAll('?', '*');
}

/** `2026-11-25 03:00` in Spain. */
export function inMadrid(date: Date): string {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Madrid',
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(date);
}

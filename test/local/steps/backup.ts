import { BackupClient, GetBackupPlanCommand } from '@aws-sdk/client-backup';
import { Cron } from 'croner';
import type { LocalPlatform } from '../local-platform';

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

import { App, Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as events from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { SpanishBackupPolicy, type SpanishBackupPolicyProps } from '../../src/backup';
import type { OperatorEventOptions } from '../../src/monitoring/api';
import { RecordedAlerts } from '../support/alerts';
import { SPAIN } from '../support/stacks';

export const DATABASE = backup.BackupResource.fromArn('arn:aws:rds:eu-south-2:111122223333:db:charging');
export const MACHINES = backup.BackupResource.fromTag('backup', 'spanish');

/** Alerts that also define the rules of events, so that their patterns stand in the template. */
export class DefinedAlerts extends RecordedAlerts {
  public addEvent(scope: Construct, id: string, options: OperatorEventOptions): void {
    super.addEvent(scope, id, options);
    new events.Rule(scope, id, { eventPattern: options.eventPattern });
  }
}

export interface Defined {
  readonly stack: Stack;
  readonly policy: SpanishBackupPolicy;
}

export function define(props: Partial<SpanishBackupPolicyProps> = {}): Defined {
  const stack = new Stack(new App(), 'Test', { env: SPAIN });
  const policy = new SpanishBackupPolicy(stack, 'Backup', { resources: [DATABASE, MACHINES], ...props });
  return { stack, policy };
}

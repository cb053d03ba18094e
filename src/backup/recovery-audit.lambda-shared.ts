import {
  type CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';
import { GetAutomationExecutionCommand, type SSMClient } from '@aws-sdk/client-ssm';

/** Who asked for what, why, and what became of it. */
export interface AuditEntry {
  readonly at: string;
  readonly who: string;
  readonly operation: string;
  readonly resource: string;
  readonly reason: string;
  readonly [detail: string]: string | number;
}

/** The person behind a runbook, by ARN: Systems Manager knows who started it, and the one who asks cannot say another. */
export async function executedBy(ssm: SSMClient, executionId: string): Promise<string> {
  const { AutomationExecution } = await ssm.send(
    new GetAutomationExecutionCommand({ AutomationExecutionId: executionId }),
  );
  if (!AutomationExecution?.ExecutedBy) {
    throw new Error(`Systems Manager does not say who started the execution ${executionId}`);
  }
  return AutomationExecution.ExecutedBy;
}

/** One line in the stream of the month. */
export async function writeAudit(logs: CloudWatchLogsClient, logGroupName: string, entry: AuditEntry): Promise<void> {
  const logStreamName = entry.at.slice(0, 7);
  try {
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  } catch (error) {
    if (!(error instanceof ResourceAlreadyExistsException)) {
      throw error;
    }
  }
  const logEvents = [{ timestamp: Date.parse(entry.at), message: JSON.stringify(entry) }];
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

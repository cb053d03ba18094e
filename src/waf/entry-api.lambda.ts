import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import { type ApiRequest, callerOf, readRequest } from './entry-api-request.lambda-shared';
import { type CommandResult, runCommand } from './entry-api-run.lambda-shared';
import { ENTRY_TABLE_NAME_ENV, NEVER_BLOCK_ENV, PREFIX_BOUNDS_ENV } from './ip-constants';

const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({}));

interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** One call of the manual API. Each leaves one line that says who asked for what, why, and what came of it. */
export async function handler(request: ApiRequest): Promise<Answer> {
  const { status, body, audit } = await answerTo(request, Date.now());
  log.info('audit', {
    actor: callerOf(request),
    method: request.httpMethod,
    resource: request.resource,
    status,
    ...audit,
    sourceIp: request.requestContext.identity.sourceIp,
    requestId: request.requestContext.requestId,
  });
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { statusCode: status, headers, body: JSON.stringify(body) };
}

async function answerTo(request: ApiRequest, nowMs: number): Promise<CommandResult> {
  const settings = {
    neverBlock: JSON.parse(requireEnv(NEVER_BLOCK_ENV)),
    bounds: JSON.parse(requireEnv(PREFIX_BOUNDS_ENV)),
  };
  const command = readRequest(request, settings, nowMs);
  return 'problem' in command
    ? { status: command.status, body: { message: command.problem }, audit: { problem: command.problem } }
    : runCommand(command, { dynamo, tableName: requireEnv(ENTRY_TABLE_NAME_ENV), nowMs });
}

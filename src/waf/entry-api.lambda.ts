import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import { type ApiRequest, callerOf, readRequest } from './entry-api-request.lambda-shared';
import { runCommand } from './entry-api-run.lambda-shared';
import { ENTRY_TABLE_NAME_ENV, NEVER_BLOCK_ENV } from './ip-constants';

const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({}));

interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** One call of the manual API. API Gateway logs every call with its caller; here stands what changed and why. */
export async function handler(request: ApiRequest): Promise<Answer> {
  const nowMs = Date.now();
  const neverBlock: string[] = JSON.parse(requireEnv(NEVER_BLOCK_ENV));
  const actor = callerOf(request);
  const { requestId } = request.requestContext;
  const command = readRequest(request, neverBlock, nowMs);
  if ('problem' in command) {
    log.warn('refused', { actor, requestId, method: request.httpMethod, problem: command.problem });
    return answer(400, { message: command.problem });
  }
  const { audit, ...result } = await runCommand(command, dynamo, requireEnv(ENTRY_TABLE_NAME_ENV), nowMs);
  if (audit) {
    log.info('audit', { ...audit, actor, requestId });
  }
  return answer(result.status, result.body);
}

function answer(statusCode: number, body: unknown): Answer {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { statusCode, headers, body: JSON.stringify(body) };
}

import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import type { LocalPlatform } from '../local-platform';
import { waitFor } from './wait';

/** Behind CloudFront only its own web ACL knows the client, and that one logs in us-east-1. */
const REGION = 'us-east-1';
/** Firehose takes 500 records a call. */
const BATCH = 500;

/** A request as WAF logs it: blocked for SQL injection at CloudFront. */
export function blockedRequest(clientIp: string, number: number, timestamp: number): string {
  return JSON.stringify({
    timestamp,
    formatVersion: 1,
    webaclId: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/platform/11111111-2222-3333-4444-555555555555',
    terminatingRuleId: 'SqlInjection',
    terminatingRuleType: 'MANAGED_RULE_GROUP',
    action: 'BLOCK',
    terminatingRuleMatchDetails: [],
    httpSourceName: 'CF',
    httpSourceId: 'E2EXAMPLE1EXAMP',
    ruleGroupList: [],
    rateBasedRuleList: [],
    nonTerminatingMatchingRules: [],
    requestHeadersInserted: null,
    responseCodeSent: null,
    httpRequest: {
      clientIp,
      country: 'NL',
      headers: [{ name: 'Host', value: 'api.example.com' }],
      uri: `/api/v1/sessions/${number}`,
      args: "id=1'%20OR%20'1'='1",
      httpVersion: 'HTTP/1.1',
      httpMethod: 'GET',
      requestId: `1-${number.toString(16).padStart(8, '0')}`,
      fragment: '',
      scheme: 'https',
      host: 'api.example.com',
    },
    labels: [{ name: 'awswaf:managed:aws:sql-database:SQLi_QueryArguments' }],
  });
}

/** Sends log lines the way that WAF does: one record a line, through the web ACL's delivery stream. */
export async function sendLog(local: LocalPlatform, lines: readonly string[]): Promise<void> {
  const { wafLogs } = local.platform.edgeOperations;
  const stream = await local.physicalIdOf(wafLogs, 'AWS::KinesisFirehose::DeliveryStream');
  const firehose = new FirehoseClient(local.emulator.clientConfig(REGION));
  for (let start = 0; start < lines.length; start += BATCH) {
    const Records = lines.slice(start, start + BATCH).map((line) => ({ Data: Buffer.from(`${line}\n`) }));
    await firehose.send(new PutRecordBatchCommand({ DeliveryStreamName: stream, Records }));
  }
}

/** Answers of Athena over what the delivery stream has written; the first row holds the names of columns. */
export async function ask(local: LocalPlatform, sql: string): Promise<string[][]> {
  const athena = new AthenaClient(local.emulator.clientConfig(REGION));
  const { QueryExecutionId } = await athena.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      WorkGroup: await local.physicalIdOf(local.platform.edgeOperations.wafLogs, 'AWS::Athena::WorkGroup'),
    }),
  );
  await waitFor('the answer of Athena', async () => {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const { State, StateChangeReason } = QueryExecution?.Status ?? {};
    if (State === 'FAILED') {
      throw new Error(`Athena refused the query: ${StateChangeReason}`);
    }
    return State === 'SUCCEEDED' ? State : undefined;
  });
  const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
  return (ResultSet?.Rows ?? []).map(({ Data }) => (Data ?? []).map(({ VarCharValue }) => VarCharValue ?? ''));
}

/** Table of requests as SQL names it: `"database"."table"`. */
export async function requestsTable(local: LocalPlatform): Promise<string> {
  const { wafLogs } = local.platform.edgeOperations;
  const database = await local.physicalIdOf(wafLogs, 'AWS::Glue::Database');
  return `"${database}"."${wafLogs.tableName}"`;
}

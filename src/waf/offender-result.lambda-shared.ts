import { type AthenaClient, GetQueryExecutionCommand, paginateGetQueryResults } from '@aws-sdk/client-athena';
import { ClientNetworks } from './client-network.lambda-shared';
import { parseNetwork } from './ip-ranges';
import { type OffenderQuerySpec, queryMark } from './offender-query-constants';
import type { Offender } from './offenders.lambda-shared';

export interface QueryResult {
  readonly offenders: readonly Offender[];
  /** Rows that are no address and count. */
  readonly poisonRows: number;
}

/** What an ended query found. A query that failed is a fault; one of somebody else's is none of ours. */
export async function readOffenders(
  athena: AthenaClient,
  queryId: string,
  queries: readonly OffenderQuerySpec[],
): Promise<QueryResult> {
  const { QueryExecution: execution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: queryId }));
  const query = queries.find((_, index) => execution?.Query?.startsWith(`${queryMark(String(index))}\n`));
  if (!query) {
    return { offenders: [], poisonRows: 0 };
  }
  if (execution?.Status?.State !== 'SUCCEEDED') {
    throw new Error(
      `the query for ${query.kind} ended ${execution?.Status?.State}: ${execution?.Status?.StateChangeReason}`,
    );
  }
  const until = Math.floor((execution.Status.CompletionDateTime?.getTime() ?? 0) / 1000);
  const { worst, poisonRows } = await readRows(athena, queryId);
  const offenders = [...worst].map(([client, count]) => ({
    client,
    count,
    what: `${count} ${query.kind} in ${query.lookBackHours} hours`,
    expiresAt: until + query.blockSeconds,
  }));
  return { offenders, poisonRows };
}

/** IPv6 addresses of one client are one network, with the worst of their counts. */
async function readRows(athena: AthenaClient, queryId: string) {
  const clients = new ClientNetworks();
  const worst = new Map<string, number>();
  let poisonRows = 0;
  let isHead = true;
  for await (const { ResultSet } of paginateGetQueryResults({ client: athena }, { QueryExecutionId: queryId })) {
    // The first row of the first page repeats the names of the columns.
    for (const { Data } of (ResultSet?.Rows ?? []).slice(isHead ? 1 : 0)) {
      const client = clients.of(Data?.[0]?.VarCharValue ?? '');
      const count = Number(Data?.[1]?.VarCharValue);
      if (parseNetwork(client) && Number.isSafeInteger(count)) {
        worst.set(client, Math.max(worst.get(client) ?? 0, count));
      } else {
        poisonRows++;
      }
    }
    isHead = false;
  }
  return { worst, poisonRows };
}

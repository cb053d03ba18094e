import { type AthenaClient, GetQueryExecutionCommand, paginateGetQueryResults } from '@aws-sdk/client-athena';
import { ClientNetworks } from './client-network.lambda-shared';
import { type OffenderQuerySpec, queryMark } from './offender-query-constants';
import type { Offender } from './offenders.lambda-shared';

/** The offenders that an ended query found. A query that failed is a fault; one of somebody else's is none of ours. */
export async function readOffenders(
  athena: AthenaClient,
  queryId: string,
  queries: readonly OffenderQuerySpec[],
): Promise<Offender[]> {
  const { QueryExecution: execution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: queryId }));
  const query = queries.find((_, index) => execution?.Query?.startsWith(`${queryMark(String(index))}\n`));
  if (!query) {
    return [];
  }
  if (execution?.Status?.State !== 'SUCCEEDED') {
    throw new Error(
      `the query for ${query.kind} ended ${execution?.Status?.State}: ${execution?.Status?.StateChangeReason}`,
    );
  }
  const until = Math.floor((execution.Status.CompletionDateTime?.getTime() ?? 0) / 1000);
  const worst = await readRows(athena, queryId);
  return [...worst].map(([client, count]) => ({
    client,
    count,
    what: `${count} ${query.kind} in ${query.lookBackHours} hours`,
    expiresAt: until + query.blockSeconds,
  }));
}

/** IPv6 addresses of one client are one network, with the worst of their counts. */
async function readRows(athena: AthenaClient, queryId: string): Promise<Map<string, number>> {
  const clients = new ClientNetworks();
  const worst = new Map<string, number>();
  let isHead = true;
  for await (const { ResultSet } of paginateGetQueryResults({ client: athena }, { QueryExecutionId: queryId })) {
    // The first row of the first page repeats the names of the columns.
    for (const { Data } of (ResultSet?.Rows ?? []).slice(isHead ? 1 : 0)) {
      const client = clients.of(Data?.[0]?.VarCharValue ?? '');
      worst.set(client, Math.max(worst.get(client) ?? 0, Number(Data?.[1]?.VarCharValue)));
    }
    isHead = false;
  }
  return worst;
}

import { AthenaClient } from '@aws-sdk/client-athena';
import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import { emitMetrics } from '../runtime/metrics.lambda-shared';
import * as constants from './log-constants';
import { OFFENDER_QUERIES_ENV } from './offender-query-constants';
import { readOffenders } from './offender-result.lambda-shared';
import { entryTable, writeOffenders } from './offenders.lambda-shared';

interface QueryEnded {
  readonly detail: { readonly queryExecutionId: string };
}

const athena = new AthenaClient({ maxAttempts: 8 });

/** Makes the offenders of an ended query entries. A failed query throws, and ends in the dead-letter queue with its id. */
export async function handler({ detail }: QueryEnded): Promise<void> {
  const queries = JSON.parse(requireEnv(OFFENDER_QUERIES_ENV));
  const { offenders, poisonRows } = await readOffenders(athena, detail.queryExecutionId, queries);
  const table = entryTable();
  const written = table ? await writeOffenders(table, offenders, Math.floor(Date.now() / 1000)) : 0;
  log.info('query read', { query: detail.queryExecutionId, offenders: offenders.length, poisonRows, written });
  emitMetrics(
    constants.LOG_ANALYTICS_NAMESPACE,
    { [constants.LOG_ANALYTICS_DIMENSION]: requireEnv(constants.LOG_ANALYTICS_NAME_ENV) },
    { [constants.OFFENDERS_METRIC]: offenders.length, [constants.POISON_LINES_METRIC]: poisonRows },
  );
}

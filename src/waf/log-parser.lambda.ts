import type { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import { emitMetrics } from '../runtime/metrics.lambda-shared';
import { isAccessLog } from './access-record.lambda-shared';
import { CountStore } from './count-store.lambda-shared';
import * as constants from './log-constants';
import { entryTable, writeOffenders } from './offenders.lambda-shared';
import { findOffenders, type ParsedObject, parseAccessLog, parseWafLog } from './parse-object.lambda-shared';

interface ObjectCreated {
  readonly detail: { readonly bucket: { readonly name: string }; readonly object: { readonly key: string } };
}

const s3 = new S3Client({});
const counts = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 8 }));

/** Reads one new object of a log. A fault of it throws, and after two more attempts the event is in the dead-letter queue. */
export async function handler({ detail }: ObjectCreated): Promise<void> {
  const { bucket, object } = detail;
  const isAccess = bucket.name === process.env[constants.ACCESS_LOG_BUCKET_ENV];
  if (isAccess && !isAccessLog(object.key)) {
    return;
  }
  const { lines, poison, windows } = await read(bucket.name, object.key, isAccess ? parseAccessLog : parseWafLog);
  const store = new CountStore(counts, requireEnv(constants.COUNT_TABLE_ENV));
  const offenders = await findOffenders(store, `${bucket.name}/${object.key}`, windows);
  const table = entryTable();
  const written = table ? await writeOffenders(table, offenders, Math.floor(Date.now() / 1000)) : 0;
  log.info('log object read', { key: object.key, lines, poison, offenders: offenders.length, written });
  emitMetrics(
    constants.LOG_ANALYTICS_NAMESPACE,
    { [constants.LOG_ANALYTICS_DIMENSION]: requireEnv(constants.LOG_ANALYTICS_NAME_ENV) },
    {
      [constants.LINES_METRIC]: lines,
      [constants.POISON_LINES_METRIC]: poison,
      [constants.OFFENDERS_METRIC]: offenders.length,
    },
  );
}

/** What a stream throws does not know what it was a stream of, and the dead letter shows the error's message. */
async function read(bucket: string, key: string, parse: typeof parseWafLog): Promise<ParsedObject> {
  const guards = {
    directHosts: JSON.parse(requireEnv(constants.DIRECT_HOSTS_ENV)),
    chargePointHosts: JSON.parse(requireEnv(constants.CHARGE_POINT_HOSTS_ENV)),
  };
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await parse(Body as Readable, JSON.parse(requireEnv(constants.OFFENCES_ENV)), guards);
  } catch (error) {
    throw new Error(`s3://${bucket}/${key} could not be read: ${(error as Error).message}`, { cause: error });
  }
}

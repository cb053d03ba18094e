import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../runtime/env.lambda-shared';
import { BLOCK, OFFENDER_SOURCE_PREFIX } from './entries';
import { canonicalCidr, cleanReason, parseNetworks } from './entries.lambda-shared';
import { ENTRY_TABLE_NAME_ENV, ENTRY_TABLE_REGION_ENV, NEVER_BLOCK_ENV } from './ip-constants';
import { contains, type Network, parseNetwork } from './ip-ranges';
import { LOG_ANALYTICS_NAME_ENV } from './log-constants';

export interface Offender {
  /** Address or network. */
  readonly client: string;
  readonly count: number;
  /** What it did, in words. */
  readonly what: string;
  /** Epoch seconds. */
  readonly expiresAt: number;
}

export interface OffenderTable {
  readonly dynamo: DynamoDBDocumentClient;
  readonly tableName: string;
  /** Name of the analytics that found them. */
  readonly name: string;
  /** The platform's own: the writer of the sets would cut them out, so an entry would only mislead who reads it. */
  readonly neverBlock: readonly Network[];
}

/** Enough to write ten thousand within the minute, few enough not to throttle a table that was idle. */
const PARALLEL = 32;

/** The table of entries, if the environment tells of one; it may be in another region. Without it offenders are only counted. */
export function entryTable(): OffenderTable | undefined {
  const tableName = process.env[ENTRY_TABLE_NAME_ENV];
  return tableName === undefined
    ? undefined
    : {
        dynamo: DynamoDBDocumentClient.from(
          new DynamoDBClient({ region: requireEnv(ENTRY_TABLE_REGION_ENV), maxAttempts: 8 }),
        ),
        tableName,
        name: requireEnv(LOG_ANALYTICS_NAME_ENV),
        neverBlock: parseNetworks(JSON.parse(requireEnv(NEVER_BLOCK_ENV))),
      };
}

/**
 * Makes offenders entries. An entry lasts as long as its latest offence says, so that it does not matter in which order, or how
 * often, offences are told. Gives how many entries were made or prolonged.
 */
export async function writeOffenders(
  table: OffenderTable,
  offenders: readonly Offender[],
  nowSeconds: number,
): Promise<number> {
  const queue = offenders[Symbol.iterator]();
  let written = 0;
  const worker = async () => {
    for (const offender of queue) {
      written += (await write(table, offender, nowSeconds)) ? 1 : 0;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return written;
}

async function write(
  { dynamo, tableName, name, neverBlock }: OffenderTable,
  { client, count, what, expiresAt }: Offender,
  nowSeconds: number,
): Promise<boolean> {
  const canonical = canonicalCidr(client);
  if (!('cidr' in canonical) || expiresAt <= nowSeconds) {
    return false;
  }
  const network = parseNetwork(canonical.cidr) as Network;
  if (neverBlock.some((own) => contains(own, network))) {
    return false;
  }
  try {
    await dynamo.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { cidr: canonical.cidr, source: `${OFFENDER_SOURCE_PREFIX}${name}` },
        UpdateExpression:
          'SET #list = :list, #reason = :reason, #actor = :actor, #count = :count, expiresAt = :end, createdAt = if_not_exists(createdAt, :now)',
        ConditionExpression: 'attribute_not_exists(expiresAt) OR expiresAt < :end',
        ExpressionAttributeNames: { '#list': 'list', '#reason': 'reason', '#actor': 'actor', '#count': 'count' },
        ExpressionAttributeValues: {
          ':list': BLOCK,
          ':reason': cleanReason(what),
          ':actor': name,
          ':count': count,
          ':end': expiresAt,
          ':now': new Date(nowSeconds * 1000).toISOString(),
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      return false;
    }
    throw error;
  }
}

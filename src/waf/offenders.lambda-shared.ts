import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { BLOCK, OFFENDER_SOURCE_PREFIX } from './entries';
import { canonicalCidr, cleanReason } from './entries.lambda-shared';
import type { OffenceSpec } from './offence-spec';

export interface Offender {
  readonly client: string;
  readonly count: number;
  readonly offence: OffenceSpec;
  /** Epoch seconds of the end of the window, from which the block counts. */
  readonly until: number;
}

export interface OffenderTable {
  readonly tableName: string;
  /** Name of the analytics that found them. */
  readonly name: string;
}

/** Enough to write ten thousand within the minute, few enough not to throttle a table that was idle. */
const PARALLEL = 32;

/**
 * Makes offenders entries. An entry lasts as long as its latest offence says, so that it does not matter in which order, or how
 * often, offences are told. Gives how many entries were made or prolonged.
 */
export async function writeOffenders(
  dynamo: DynamoDBDocumentClient,
  table: OffenderTable,
  offenders: readonly Offender[],
  nowSeconds: number,
): Promise<number> {
  const queue = offenders[Symbol.iterator]();
  let written = 0;
  const worker = async () => {
    for (const offender of queue) {
      written += (await write(dynamo, table, offender, nowSeconds)) ? 1 : 0;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return written;
}

async function write(
  dynamo: DynamoDBDocumentClient,
  { tableName, name }: OffenderTable,
  { client, count, offence, until }: Offender,
  nowSeconds: number,
): Promise<boolean> {
  const canonical = canonicalCidr(client);
  const expiresAt = until + offence.blockSeconds;
  if (!('cidr' in canonical) || expiresAt <= nowSeconds) {
    return false;
  }
  const minutes = offence.windowSeconds / 60;
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
          ':reason': cleanReason(`${count} ${offence.kind} in ${minutes} minutes`),
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

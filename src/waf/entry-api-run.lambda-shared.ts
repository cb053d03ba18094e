import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Entry, FEED_SOURCE_PREFIX } from './entries';
import { isLive } from './entries.lambda-shared';
import { writeEntries } from './entries-store.lambda-shared';
import { type Command, verdictOf } from './entry-api-request.lambda-shared';

/** Queries of one explanation that run at the same time. */
const QUERIES_AT_ONCE = 16;

export interface CommandResult {
  readonly status: number;
  readonly body: unknown;
  /** What changed, for the log. */
  readonly audit?: Record<string, string | number | undefined>;
}

export async function runCommand(
  command: Command,
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  nowMs: number,
): Promise<CommandResult> {
  const nowSeconds = Math.floor(nowMs / 1000);
  const read = async (cidr: string): Promise<Entry[]> => {
    const query = {
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'cidr = :cidr',
      ExpressionAttributeValues: { ':cidr': cidr },
    };
    return ((await dynamo.send(new QueryCommand(query))).Items ?? []) as Entry[];
  };
  switch (command.kind) {
    case 'put':
      return put(command.entry, dynamo, tableName);
    case 'remove':
      return remove(command.cidr, await read(command.cidr), dynamo, tableName);
    case 'show': {
      const entries = liveOf(await read(command.cidr), nowSeconds);
      return entries.length === 0
        ? { status: 404, body: { message: `there is no entry of ${command.cidr}` } }
        : { status: 200, body: { cidr: command.cidr, entries } };
    }
    case 'explain': {
      const entries: Entry[] = [];
      for (let at = 0; at < command.cidrs.length; at += QUERIES_AT_ONCE) {
        entries.push(...(await Promise.all(command.cidrs.slice(at, at + QUERIES_AT_ONCE).map(read))).flat());
      }
      const verdict = verdictOf(entries, nowSeconds);
      return { status: 200, body: { address: command.address, verdict, entries: liveOf(entries, nowSeconds) } };
    }
  }
}

async function put(entry: Entry, dynamo: DynamoDBDocumentClient, tableName: string): Promise<CommandResult> {
  const { Attributes: replaced } = await dynamo.send(
    new PutCommand({ TableName: tableName, Item: entry, ReturnValues: 'ALL_OLD' }),
  );
  const { cidr, list, reason, expiresAt } = entry;
  return {
    status: 200,
    body: { entry: present(entry), ...(replaced ? { replaced: present(replaced as Entry) } : {}) },
    audit: { change: 'put', cidr, list, reason, expiresAt, replacedList: (replaced as Entry | undefined)?.list },
  };
}

/** A feed's entry would come back with its next run, so it stays and the answer says what to do instead. */
async function remove(
  cidr: string,
  entries: readonly Entry[],
  dynamo: DynamoDBDocumentClient,
  tableName: string,
): Promise<CommandResult> {
  const isFeeds = ({ source }: Entry) => source.startsWith(FEED_SOURCE_PREFIX);
  const removed = entries.filter((entry) => !isFeeds(entry));
  const kept = entries.filter(isFeeds);
  await writeEntries(dynamo, tableName, [], removed);
  const advice = kept.length > 0 ? { message: 'a feed lists this network; PUT an ALLOW entry to overrule it' } : {};
  return {
    status: entries.length === 0 ? 404 : 200,
    body: { cidr, removed: removed.map(present), kept: kept.map(present), ...advice },
    audit: { change: 'remove', cidr, sources: removed.map(({ source }) => source).join(' ') },
  };
}

function liveOf(entries: readonly Entry[], nowSeconds: number) {
  return entries.filter((entry) => isLive(entry, nowSeconds)).map(present);
}

function present(entry: Entry) {
  const { expiresAt, ...rest } = entry;
  return expiresAt === undefined ? rest : { ...rest, expiresAt: new Date(expiresAt * 1000).toISOString() };
}

import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { ALLOW, BLOCK, type Entry, FEED_SOURCE_PREFIX, NEVER_BLOCK } from './entries';
import { isLive, tooMuchBlocked } from './entries.lambda-shared';
import { readEntries, writeEntries } from './entries-store.lambda-shared';
import { readPage } from './entry-api-page.lambda-shared';
import type { Command } from './entry-api-request.lambda-shared';
import { parseNetwork } from './ip-ranges';

/** Queries of one explanation that run at the same time. */
const QUERIES_AT_ONCE = 16;
/** Of a block up to this many addresses the share of the whole is not looked at: it is nothing. */
const NARROW_PREFIX = { 4: 16, 6: 32 };

export interface CommandResult {
  readonly status: number;
  readonly body: unknown;
  /** What was done, for the audit. */
  readonly audit: Record<string, string | number | undefined>;
}

export interface ApiContext {
  readonly dynamo: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly nowMs: number;
}

export async function runCommand(command: Command, context: ApiContext): Promise<CommandResult> {
  const nowSeconds = Math.floor(context.nowMs / 1000);
  switch (command.kind) {
    case 'put':
      return put(command.entry, command.cidrs, context);
    case 'remove':
      return remove(command.cidr, context);
    case 'show': {
      const { cidr } = command;
      const entries = (await readAll([cidr], context)).filter((entry) => isLive(entry, nowSeconds)).map(present);
      const body = entries.length === 0 ? { message: `there is no entry of ${cidr}` } : { cidr, entries };
      return { status: entries.length === 0 ? 404 : 200, body, audit: { cidr } };
    }
    case 'explain': {
      const live = (await readAll(command.cidrs, context)).filter((entry) => isLive(entry, nowSeconds));
      return { status: 200, body: explain(command.address, live, command.own), audit: { cidr: command.address } };
    }
    case 'list': {
      const { entries, next } = await readPage(context.dynamo, context.tableName, command, nowSeconds);
      const body = { entries: entries.map(present), ...(next ? { next } : {}) };
      return { status: 200, body, audit: { list: command.list, source: command.source, count: entries.length } };
    }
  }
}

/**
 * What becomes of an address: an allowed one passes the IP lists, else one that is never blocked does, else a blocked one does
 * not, else the lists say nothing. The entries of the list that decides, and when the last of them ends.
 */
export function explain(address: string, live: readonly Entry[], own: string | undefined) {
  const isOn = (list: string) => live.some((entry) => entry.list === list);
  const verdict = isOn(ALLOW) ? ALLOW : own || isOn(NEVER_BLOCK) ? NEVER_BLOCK : isOn(BLOCK) ? BLOCK : 'NONE';
  const deciding = live.filter(({ list }) => list === verdict);
  const last = Math.max(...deciding.map(({ expiresAt }) => expiresAt ?? Number.POSITIVE_INFINITY));
  return {
    address,
    verdict,
    ...(Number.isFinite(last) ? { until: new Date(last * 1000).toISOString() } : {}),
    decidedBy: deciding.map(present),
    overruled: live.filter(({ list }) => list !== verdict).map(present),
    ...(own ? { neverBlocked: own } : {}),
  };
}

async function put(entry: Entry, cidrs: readonly string[], context: ApiContext): Promise<CommandResult> {
  const { cidr, list, reason, expiresAt } = entry;
  const conflict = list === BLOCK ? await conflictOf(entry, cidrs, context) : undefined;
  if (conflict) {
    return { status: 409, body: { message: conflict }, audit: { cidr, list, problem: conflict } };
  }
  const { Attributes: replaced } = await context.dynamo.send(
    new PutCommand({ TableName: context.tableName, Item: entry, ReturnValues: 'ALL_OLD' }),
  );
  return {
    status: 200,
    body: { entry: present(entry), ...(replaced ? { replaced: present(replaced as Entry) } : {}) },
    audit: { cidr, list, reason, expiresAt, replacedList: (replaced as Entry | undefined)?.list },
  };
}

/** The writer would cut such a block or refuse all of them; here somebody is there to be told. */
async function conflictOf({ cidr }: Entry, cidrs: readonly string[], context: ApiContext): Promise<string | undefined> {
  const nowSeconds = Math.floor(context.nowMs / 1000);
  const isLiveOn = (list: string) => (entry: Entry) => entry.list === list && isLive(entry, nowSeconds);
  const never = (await readAll(cidrs, context)).find(isLiveOn(NEVER_BLOCK));
  if (never) {
    return `${cidr} lies in ${never.cidr} of ${never.source}, which is never blocked`;
  }
  const network = parseNetwork(cidr);
  if (!network || network.prefix >= NARROW_PREFIX[network.family]) {
    return undefined;
  }
  const { entries } = await readEntries(context.dynamo, context.tableName);
  const blocked = entries.filter(isLiveOn(BLOCK)).map((entry) => parseNetwork(entry.cidr));
  return tooMuchBlocked([network, ...blocked.filter((other) => other !== undefined)]);
}

/** A feed's entry would come back with its next run, so it stays and the answer says what to do instead. */
async function remove(cidr: string, context: ApiContext): Promise<CommandResult> {
  const entries = await readAll([cidr], context);
  const isFeeds = ({ source }: Entry) => source.startsWith(FEED_SOURCE_PREFIX);
  const removed = entries.filter((entry) => !isFeeds(entry));
  const kept = entries.filter(isFeeds);
  const audit = { cidr, removed: removed.map(({ list, source }) => `${list} ${source}`).join(', ') };
  if (entries.length === 0) {
    return { status: 404, body: { message: `there is no entry of ${cidr}` }, audit };
  }
  await writeEntries(context.dynamo, context.tableName, [], removed);
  const advice = kept.length > 0 ? { message: 'a feed lists this network; PUT an ALLOW entry to overrule it' } : {};
  return {
    status: removed.length === 0 ? 409 : 200,
    body: { cidr, removed: removed.map(present), kept: kept.map(present), ...advice },
    audit,
  };
}

async function readAll(cidrs: readonly string[], { dynamo, tableName }: ApiContext): Promise<Entry[]> {
  const read = async (cidr: string): Promise<Entry[]> => {
    const query = {
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'cidr = :cidr',
      ExpressionAttributeValues: { ':cidr': cidr },
    };
    return ((await dynamo.send(new QueryCommand(query))).Items ?? []) as Entry[];
  };
  const entries: Entry[] = [];
  for (let at = 0; at < cidrs.length; at += QUERIES_AT_ONCE) {
    entries.push(...(await Promise.all(cidrs.slice(at, at + QUERIES_AT_ONCE).map(read))).flat());
  }
  return entries;
}

function present(entry: Entry) {
  const { expiresAt, ...rest } = entry;
  return expiresAt === undefined ? rest : { ...rest, expiresAt: new Date(expiresAt * 1000).toISOString() };
}

import { DynamoDBDocumentClient, type ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Entry } from '../../src/waf/entries';
import { readEntries, writeEntries } from '../../src/waf/entries-store.lambda-shared';
import { handler as api } from '../../src/waf/entry-api.lambda';
import { handler as writer } from '../../src/waf/writer.lambda';
import { describeWith, MOTO } from '../support/engines';
import { IpAccessWorld } from '../waf/ip-access-world';

const SOON = Math.floor(Date.now() / 1000) + 36_000;
const THROTTLED = { name: 'ThrottlingException', status: 400 };
const BROKEN = { name: 'WAFInternalErrorException', status: 500 };

describeWith([MOTO], 'IP access while AWS fails', () => {
  let world: IpAccessWorld;
  const lines: string[] = [];

  beforeAll(async () => {
    world = await IpAccessWorld.create();
  }, 60_000);
  afterAll(() => world.stop(), 20_000);
  beforeEach(() => {
    world.proxy.reset();
    lines.length = 0;
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    world.proxy.reset();
    const { entries } = await readEntries(world.moto.dynamo, world.table);
    await writeEntries(world.moto.dynamo, world.table, [], entries);
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    await writer({});
    jest.restoreAllMocks();
  }, 60_000);

  const entry = (cidr: string, source = 'manual', rest: Partial<Entry> = {}): Entry => ({
    cidr,
    source,
    list: 'BLOCK',
    reason: 'reason',
    actor: 'somebody',
    createdAt: '2026-11-24T00:00:00.000Z',
    expiresAt: SOON,
    ...rest,
  });
  const put = (...entries: Entry[]) => writeEntries(world.moto.dynamo, world.table, entries, []);
  const failed = () => lines.map((line) => JSON.parse(line)).find((line) => 'FailedSets' in line)?.FailedSets;

  test('a lock token that is stale five times in a row: the sixth holds', async () => {
    await put(entry('203.0.113.7/32'));
    let stale = 0;
    world.proxy.disturb = async ({ operation, region }) => {
      if (operation === 'UpdateIPSet' && region === 'eu-south-2' && stale < 5) {
        await world.overwrite('REGIONAL', 'BLOCK', 4, [`198.51.100.${stale++}/32`]);
      }
      return undefined;
    };
    await writer({});
    expect(stale).toBe(5);
    expect(await world.addresses('REGIONAL', 'BLOCK', 4)).toEqual(['203.0.113.7/32']);
    expect(failed()).toBe(0);
  }, 60_000);

  test('throttling is waited out', async () => {
    await put(entry('203.0.113.7/32'));
    let throttled = 0;
    world.proxy.disturb = async ({ operation }) =>
      ['GetIPSet', 'UpdateIPSet', 'Scan'].includes(operation) && throttled++ % 3 !== 2 ? THROTTLED : undefined;
    await writer({});
    expect(throttled).toBeGreaterThan(9);
    expect(await world.addresses('CLOUDFRONT', 'BLOCK', 4)).toEqual(['203.0.113.7/32']);
    expect(failed()).toBe(0);
  }, 120_000);

  test('half of the regions failing: the others are kept up to date, the run fails, and the next one makes up', async () => {
    await put(entry('203.0.113.7/32'));
    world.proxy.disturb = async ({ region }) => (region === 'us-east-1' ? BROKEN : undefined);
    await expect(writer({})).rejects.toThrow('4 of 8 IP sets could not be brought up to date');
    expect(failed()).toBe(4);
    expect(await world.addresses('REGIONAL', 'BLOCK', 4)).toEqual(['203.0.113.7/32']);
    expect(await world.addresses('CLOUDFRONT', 'BLOCK', 4)).toEqual([]);
    world.proxy.reset();
    await writer({});
    expect(await world.addresses('CLOUDFRONT', 'BLOCK', 4)).toEqual(['203.0.113.7/32']);
  }, 180_000);

  test('a set deleted by hand: the others are kept up to date, and one that is made again is filled', async () => {
    await world.deleteSet('REGIONAL', 'BLOCK', 4);
    await put(entry('203.0.113.7/32'));
    await expect(writer({})).rejects.toThrow('1 of 8 IP sets could not be brought up to date');
    expect(await world.addresses('CLOUDFRONT', 'BLOCK', 4)).toEqual(['203.0.113.7/32']);
    await world.createSet('REGIONAL', 'BLOCK', 4);
    await writer({});
    expect(await world.addresses('REGIONAL', 'BLOCK', 4)).toEqual(['203.0.113.7/32']);
  }, 60_000);

  test('the table failing changes no set', async () => {
    await put(entry('203.0.113.7/32'));
    await writer({});
    world.proxy.disturb = async ({ operation }) => (operation === 'Scan' ? BROKEN : undefined);
    await expect(writer({})).rejects.toThrow();
    expect(await world.addresses('REGIONAL', 'BLOCK', 4)).toEqual(['203.0.113.7/32']);
  }, 60_000);

  test('500 API writes at once: none is lost, and the writer needs one update per set', async () => {
    const call = (index: number) =>
      api({
        httpMethod: 'PUT',
        resource: '/entries/{address}/{prefix}',
        pathParameters: { address: `203.0.${index >> 7}.${(index & 127) * 2}`, prefix: '32' },
        queryStringParameters: null,
        body: JSON.stringify({ list: 'BLOCK', reason: `ticket ${index}`, expiresInHours: 1 }),
        requestContext: { requestId: `r-${index}`, identity: { userArn: 'arn:aws:iam::111122223333:role/Operator' } },
      });
    const answers = await Promise.all(Array.from({ length: 500 }, (_, index) => call(index)));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    await writer({});
    expect(await world.addresses('REGIONAL', 'BLOCK', 4)).toHaveLength(500);
    expect(await world.addresses('CLOUDFRONT', 'BLOCK', 4)).toHaveLength(500);
    expect(world.proxy.count('UpdateIPSet')).toBe(2);
  }, 120_000);

  test('25,000 entries: the sets hold 10,000 by priority, the cut is told; a burst is one update per set; a replay none', async () => {
    const offender = (i: number) =>
      entry(`203.${i >> 7}.${(i & 127) * 2}.1/32`, 'offender:web', { count: 1 + (i % 1_000) });
    const manual = entry('198.51.100.7/32');
    // moto would need minutes for as many; a table of AWS answers 1 MB at a time, as this one does.
    const items = [...Array.from({ length: 25_000 }, (_, i) => offender(i)), manual];
    jest.spyOn(DynamoDBDocumentClient.prototype, 'send').mockImplementation(async (command) => {
      const start = Number((command as ScanCommand).input.ExclusiveStartKey?.at ?? 0);
      const end = start + 4_000;
      return { Items: items.slice(start, end), ...(end < items.length ? { LastEvaluatedKey: { at: end } } : {}) };
    });
    const Records = [{ eventName: 'INSERT', dynamodb: { NewImage: { cidr: { S: manual.cidr } } } }];
    await writer({ Records });
    const held = await world.addresses('REGIONAL', 'BLOCK', 4);
    expect(held).toHaveLength(10_000);
    expect(held).toContain(manual.cidr);
    expect(lines.map((line) => JSON.parse(line)).find((line) => 'CutEntries' in line)).toMatchObject({
      CutEntries: 15_001,
      LiveEntries: 25_001,
    });
    expect(world.proxy.count('UpdateIPSet')).toBe(2);
    await writer({ Records });
    await writer({ Records });
    expect(world.proxy.count('UpdateIPSet')).toBe(2);
  }, 180_000);
});

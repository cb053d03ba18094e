import type { Entry } from '../../src/waf/entries';

import { readEntries, writeEntries } from '../../src/waf/entries-store.lambda-shared';
import { handler } from '../../src/waf/entry-api.lambda';
import type { ApiRequest } from '../../src/waf/entry-api-request.lambda-shared';
import { describeWith, MOTO } from '../support/engines';
import { Moto } from './entries-moto';

const CALLER = 'arn:aws:sts::111122223333:assumed-role/Operator/ana';

describeWith([MOTO], 'the manual API against moto', () => {
  let moto: Moto;
  let count = 0;
  const lines: string[] = [];

  beforeAll(async () => {
    moto = await Moto.start();
    Object.assign(process.env, {
      ...moto.environment,
      NEVER_BLOCK: '["192.0.2.0/24"]',
      PREFIX_BOUNDS: '{"ipv4":8,"ipv6":16}',
    });
  }, 60_000);
  afterAll(() => moto.stop());
  beforeEach(async () => {
    process.env.ENTRY_TABLE_NAME = await moto.newTable(`entries-${count++}`);
    lines.length = 0;
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  });
  afterEach(() => jest.restoreAllMocks());

  async function send(httpMethod: string, resource: string, rest: Partial<ApiRequest>) {
    const answer = await handler({
      httpMethod,
      resource,
      pathParameters: null,
      queryStringParameters: null,
      body: null,
      requestContext: { requestId: 'r-1', identity: { userArn: CALLER, sourceIp: '203.0.113.200' } },
      ...rest,
    });
    return { status: answer.statusCode, body: JSON.parse(answer.body) };
  }
  function call(httpMethod: string, path: string, body?: object) {
    const [address, prefix] = path.split('/');
    const pathParameters = { address, prefix };
    return send(httpMethod, '/entries/{address}/{prefix}', { pathParameters, body: JSON.stringify(body ?? null) });
  }
  const explain = (address: string) => send('GET', '/explanation', { queryStringParameters: { address } });
  const list = (queryStringParameters: Record<string, string> = {}) =>
    send('GET', '/entries', { queryStringParameters });
  const block = { list: 'BLOCK', reason: 'ticket 4711', expiresInHours: 24 };
  const stored = async () => (await readEntries(moto.dynamo, process.env.ENTRY_TABLE_NAME as string)).entries;
  const put = (...entries: Entry[]) => writeEntries(moto.dynamo, process.env.ENTRY_TABLE_NAME as string, entries, []);
  const other = (cidr: string, source: string): Entry => ({
    cidr,
    source,
    list: 'BLOCK',
    reason: 'r',
    actor: source,
    createdAt: '2026-11-24T00:00:00.000Z',
  });
  const audits = () => lines.map((line) => JSON.parse(line)).filter(({ message }) => message === 'audit');

  test('an address is blocked, shown, unblocked; who and why stand in the table and in the log', async () => {
    expect(await call('PUT', '203.0.113.7/32', block)).toMatchObject({
      status: 200,
      body: { entry: { cidr: '203.0.113.7/32', list: 'BLOCK', reason: 'ticket 4711', actor: CALLER } },
    });
    expect(await stored()).toMatchObject([{ cidr: '203.0.113.7/32', source: 'manual', actor: CALLER }]);
    expect(await call('GET', '203.0.113.7/32')).toMatchObject({ status: 200, body: { entries: [{ list: 'BLOCK' }] } });
    expect(await call('DELETE', '203.0.113.7/32')).toMatchObject({
      status: 200,
      body: { removed: [{ list: 'BLOCK' }] },
    });
    expect(await stored()).toEqual([]);
    const common = { actor: CALLER, requestId: 'r-1', sourceIp: '203.0.113.200', cidr: '203.0.113.7/32', status: 200 };
    expect(audits()).toMatchObject([
      { ...common, method: 'PUT', list: 'BLOCK', reason: 'ticket 4711' },
      { ...common, method: 'GET' },
      { ...common, method: 'DELETE', removed: 'BLOCK manual' },
    ]);
  });

  test('a second PUT replaces the first and says so', async () => {
    await call('PUT', '203.0.113.7/32', block);
    expect(await call('PUT', '203.0.113.7/32', { ...block, list: 'ALLOW' })).toMatchObject({
      body: { entry: { list: 'ALLOW' }, replaced: { list: 'BLOCK' } },
    });
    expect(await stored()).toHaveLength(1);
    expect(audits()[1]).toMatchObject({ list: 'ALLOW', replacedList: 'BLOCK' });
  });

  test('an address is explained by every network around it, and by live entries only', async () => {
    const soon = Math.floor(Date.now() / 1000) + 3_600;
    const feed = { ...other('203.0.113.0/24', 'feed:a'), expiresAt: soon };
    await put(feed, { ...other('203.0.0.0/16', 'offender:b'), expiresAt: 1 }, other('198.51.100.0/24', 'feed:a'));
    const until = new Date(soon * 1000).toISOString();
    expect(await explain('203.0.113.7')).toEqual({
      status: 200,
      body: {
        address: '203.0.113.7/32',
        verdict: 'BLOCK',
        until,
        decidedBy: [{ ...feed, expiresAt: until }],
        overruled: [],
      },
    });
    await call('PUT', '203.0.113.7/32', { ...block, list: 'ALLOW' });
    expect((await explain('203.0.113.7')).body).toMatchObject({
      verdict: 'ALLOW',
      decidedBy: [{ reason: 'ticket 4711', actor: CALLER }],
      overruled: [{ source: 'feed:a' }],
    });
    expect((await explain('203.0.113.9')).body.verdict).toBe('BLOCK');
    expect((await explain('2001:db8::1')).body).toEqual({
      address: '2001:db8::1/128',
      verdict: 'NONE',
      decidedBy: [],
      overruled: [],
    });
  });

  test("what is never blocked is explained too: the platform's own, and a CDN's", async () => {
    await put(other('192.0.2.0/28', 'feed:a'), other('198.51.100.0/24', 'feed:a'), {
      ...other('198.51.100.0/25', 'feed:cloudfront'),
      list: 'NEVER_BLOCK',
    });
    expect((await explain('192.0.2.1')).body).toMatchObject({
      verdict: 'NEVER_BLOCK',
      neverBlocked: '192.0.2.0/24',
      decidedBy: [],
      overruled: [{ cidr: '192.0.2.0/28' }],
    });
    const { body } = await explain('198.51.100.1');
    expect(body).toMatchObject({ verdict: 'NEVER_BLOCK', decidedBy: [{ source: 'feed:cloudfront' }] });
    expect(body).not.toHaveProperty('until');
  });

  test("a CDN's address cannot be blocked", async () => {
    await put({ ...other('198.51.100.0/25', 'feed:cloudfront'), list: 'NEVER_BLOCK' });
    expect(await call('PUT', '198.51.100.1/32', block)).toEqual({
      status: 409,
      body: { message: '198.51.100.1/32 lies in 198.51.100.0/25 of feed:cloudfront, which is never blocked' },
    });
    expect(await stored()).toHaveLength(1);
  });

  test('everybody cannot be blocked piece by piece', async () => {
    for (let first = 11; first < 23; first++) {
      expect((await call('PUT', `${first}.0.0.0/8`, block)).status).toBe(200);
    }
    expect(await call('PUT', '23.0.0.0/8', block)).toEqual({
      status: 409,
      body: { message: '5.1 percent of all IPv4 addresses would be blocked, more than 5' },
    });
    expect((await call('PUT', '22.0.0.0/9', block)).status).toBe(200);
    expect((await call('PUT', '23.0.0.0/8', { ...block, list: 'ALLOW' })).status).toBe(200);
  });

  test('a list is read page by page, each entry once; filters, expired entries and the state of feeds are left out', async () => {
    const entries = Array.from({ length: 25 }, (_, i) => other(`203.0.113.${i}/32`, i % 5 ? 'feed:a' : 'manual'));
    await put(...entries, { ...other('198.51.100.1/32', 'feed:a'), expiresAt: 1 });
    await put({ cidr: '#state', source: 'feed:a', fetchedAt: 1, count: 20 } as unknown as Entry);
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const page = await list({ limit: '10', ...(next ? { next } : {}) });
      expect(page.body.entries.length).toBeLessThanOrEqual(10);
      seen.push(...page.body.entries.map(({ cidr }: Entry) => cidr));
      next = page.body.next;
    } while (next);
    expect(seen.sort()).toEqual(entries.map(({ cidr }) => cidr).sort());
    expect((await list({ source: 'manual' })).body.entries).toHaveLength(5);
    expect((await list({ source: 'feed:', limit: '500' })).body.entries).toHaveLength(20);
    expect((await list({ list: 'ALLOW' })).body).toEqual({ entries: [] });
  });

  test("DELETE unblocks an offender, but a feed's entry stays with advice", async () => {
    await put(other('203.0.113.7/32', 'feed:a'), other('203.0.113.7/32', 'offender:b'));
    const message = 'a feed lists this network; PUT an ALLOW entry to overrule it';
    expect(await call('DELETE', '203.0.113.7/32')).toMatchObject({
      status: 200,
      body: { removed: [{ source: 'offender:b' }], kept: [{ source: 'feed:a' }], message },
    });
    expect((await stored()).map(({ source }) => source)).toEqual(['feed:a']);
    expect(await call('DELETE', '203.0.113.7/32')).toMatchObject({ status: 409, body: { removed: [], message } });
  });

  test('what is not there is not found', async () => {
    expect(await call('GET', '203.0.113.7/32')).toEqual({
      status: 404,
      body: { message: 'there is no entry of 203.0.113.7/32' },
    });
    expect((await call('DELETE', '203.0.113.7/32')).status).toBe(404);
  });

  test('a refusal changes nothing and is logged with its caller', async () => {
    expect(await call('PUT', '0.0.0.0/0', block)).toEqual({
      status: 400,
      body: { message: 'the address must be no wider than /8, got 0.0.0.0/0' },
    });
    expect(await stored()).toEqual([]);
    expect(audits()).toMatchObject([
      { actor: CALLER, method: 'PUT', status: 400, problem: 'the address must be no wider than /8, got 0.0.0.0/0' },
    ]);
  });
});

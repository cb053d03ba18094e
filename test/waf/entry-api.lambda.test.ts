import type { Entry } from '../../src/waf/entries';
import { readEntries, writeEntries } from '../../src/waf/entries-store.lambda-shared';
import { handler } from '../../src/waf/entry-api.lambda';
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
      AWS_ENDPOINT_URL: moto.config.endpoint,
      AWS_REGION: moto.config.region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      NEVER_BLOCK: '[]',
    });
  }, 60_000);
  afterAll(() => moto.stop());
  beforeEach(async () => {
    process.env.ENTRY_TABLE_NAME = await moto.newTable(`entries-${count++}`);
    lines.length = 0;
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  });
  afterEach(() => jest.restoreAllMocks());

  async function call(httpMethod: string, path: string | undefined, body?: object, address?: string) {
    const answer = await handler({
      httpMethod,
      pathParameters: path ? { address: path.split('/')[0], prefix: path.split('/')[1] } : null,
      queryStringParameters: address ? { address } : null,
      body: body ? JSON.stringify(body) : null,
      requestContext: { requestId: 'r-1', identity: { userArn: CALLER } },
    });
    return { status: answer.statusCode, body: JSON.parse(answer.body) };
  }
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
    expect(audits()).toMatchObject([
      { change: 'put', cidr: '203.0.113.7/32', list: 'BLOCK', reason: 'ticket 4711', actor: CALLER, requestId: 'r-1' },
      { change: 'remove', cidr: '203.0.113.7/32', sources: 'manual', actor: CALLER },
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
    await put(
      other('203.0.113.0/24', 'feed:a'),
      { ...other('203.0.0.0/16', 'offender:b'), expiresAt: 1 },
      other('198.51.100.0/24', 'feed:a'),
    );
    expect(await call('GET', undefined, undefined, '203.0.113.7')).toEqual({
      status: 200,
      body: { address: '203.0.113.7/32', verdict: 'BLOCK', entries: [other('203.0.113.0/24', 'feed:a')] },
    });
    await call('PUT', '203.0.113.7/32', { ...block, list: 'ALLOW' });
    expect((await call('GET', undefined, undefined, '203.0.113.7')).body.verdict).toBe('ALLOW');
    expect((await call('GET', undefined, undefined, '203.0.113.9')).body.verdict).toBe('BLOCK');
    expect((await call('GET', undefined, undefined, '2001:db8::1')).body).toMatchObject({
      verdict: 'NONE',
      entries: [],
    });
  });

  test("DELETE unblocks an offender, but a feed's entry stays with advice", async () => {
    await put(other('203.0.113.7/32', 'feed:a'), other('203.0.113.7/32', 'offender:b'));
    expect(await call('DELETE', '203.0.113.7/32')).toMatchObject({
      status: 200,
      body: {
        removed: [{ source: 'offender:b' }],
        kept: [{ source: 'feed:a' }],
        message: 'a feed lists this network; PUT an ALLOW entry to overrule it',
      },
    });
    expect((await stored()).map(({ source }) => source)).toEqual(['feed:a']);
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
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ message: 'refused', actor: CALLER, method: 'PUT' }]);
  });
});

import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Entry } from '../../src/waf/entries';
import { COUNT_TTL_ATTRIBUTE } from '../../src/waf/log-constants';
import { handler } from '../../src/waf/log-parser.lambda';
import type { OffenceSpec } from '../../src/waf/offence-spec';
import { describeWith, MOTO } from '../support/engines';
import { accessLine, address, wafLine } from '../support/waf-logs';
import { Moto } from './entries-moto';

const WINDOW_SECONDS = 300;
/** A window that lies wholly in the past, so that nothing depends on when the test runs. */
const WINDOW = (Math.floor(Date.now() / 1000 / WINDOW_SECONDS) - 1) * WINDOW_SECONDS;
const BLOCKED: OffenceSpec = {
  kind: 'blocked requests',
  threshold: 10,
  windowSeconds: WINDOW_SECONDS,
  blockSeconds: 3_600,
};
const ERRORS: OffenceSpec = { ...BLOCKED, kind: 'client errors', statusCodes: [404] };
const ATTACK = {
  timestamp: WINDOW * 1000,
  clientIp: '203.0.113.7',
  action: 'BLOCK',
  rule: 'AWSManagedRulesSQLiRuleSet',
};

describeWith([MOTO], 'the log parser against moto', () => {
  let moto: Moto;
  let s3: S3Client;
  let dynamo: DynamoDBDocumentClient;
  const lines: string[] = [];
  let test_ = 0;

  beforeAll(async () => {
    moto = await Moto.start();
    dynamo = moto.dynamo;
    s3 = new S3Client({ ...moto.config, forcePathStyle: true });
    for (const Bucket of ['waf', 'access']) {
      const CreateBucketConfiguration = { LocationConstraint: 'eu-south-2' as const };
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    }
    Object.assign(process.env, {
      ...moto.environment,
      ENTRY_TABLE_REGION: moto.config.region,
      NEVER_BLOCK: '["198.51.0.0/16","2001:db8:ffff::/48"]',
      OFFENCES: JSON.stringify([BLOCKED, ERRORS]),
      DIRECT_HOSTS: '["*"]',
      CHARGE_POINT_HOSTS: '["ocpp*"]',
      ACCESS_LOG_BUCKET: 'access',
      LOG_ANALYTICS_NAME: 'Test',
    });
  }, 60_000);
  afterAll(() => moto.stop());
  beforeEach(async () => {
    lines.length = 0;
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    test_++;
    process.env.ENTRY_TABLE_NAME = await moto.newTable(`entries${test_}`);
    process.env.COUNT_TABLE_NAME = await moto.newCountTable(`counts${test_}`);
  });
  afterEach(() => jest.restoreAllMocks());

  async function read(key: string, text: string | Buffer, bucket = 'waf'): Promise<void> {
    const Body = typeof text === 'string' ? gzipSync(text) : text;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
    await again(key, bucket);
  }
  const again = (key: string, bucket = 'waf') => handler({ detail: { bucket: { name: bucket }, object: { key } } });
  async function entries(): Promise<Entry[]> {
    const found: Entry[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await dynamo.send(new ScanCommand({ TableName: process.env.ENTRY_TABLE_NAME, ExclusiveStartKey }));
      found.push(...((page.Items ?? []) as Entry[]));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return found;
  }
  const attacks = (count: number, clientIp = ATTACK.clientIp) => `${wafLine({ ...ATTACK, clientIp })}\n`.repeat(count);
  const metrics = () => Object.assign({}, ...lines.map((line) => JSON.parse(line)).filter((line) => line._aws));

  test('who reaches the threshold becomes an entry that ends by itself; who stays below does not', async () => {
    await read('source/a.gz', `${attacks(10)}${attacks(9, '203.0.113.8')}nonsense\n`);
    expect(await entries()).toEqual([
      {
        cidr: '203.0.113.7/32',
        source: 'offender:Test',
        list: 'BLOCK',
        reason: '10 blocked requests in 5 minutes',
        actor: 'Test',
        count: 10,
        expiresAt: WINDOW + WINDOW_SECONDS + 3_600,
        createdAt: expect.any(String),
      },
    ]);
    expect(metrics()).toMatchObject({ LogAnalytics: 'Test', Lines: 20, PoisonLines: 1, Offenders: 1 });
  });

  test('counts that span files add up; the same event again changes nothing', async () => {
    await read('source/a.gz', attacks(6));
    await again('source/a.gz');
    await again('source/a.gz');
    expect(await entries()).toEqual([]);
    await read('source/b.gz', attacks(4));
    expect(await entries()).toMatchObject([{ cidr: '203.0.113.7/32', count: 10 }]);
    const before = await entries();
    await again('source/b.gz');
    await again('source/a.gz');
    expect(await entries()).toEqual(before);
  });

  test('a run that was killed half way is made good by the next attempt', async () => {
    const send = dynamo.constructor.prototype.send;
    const failing = jest.spyOn(dynamo.constructor.prototype, 'send').mockImplementation(async function (
      this: unknown,
      ...args: unknown[]
    ) {
      if ((args[0] as { constructor: { name: string } }).constructor.name === 'UpdateCommand') {
        throw new Error('killed');
      }
      return send.apply(this, args);
    });
    await expect(read('source/a.gz', attacks(10))).rejects.toThrow('killed');
    failing.mockRestore();
    await again('source/a.gz');
    expect(await entries()).toMatchObject([{ cidr: '203.0.113.7/32', count: 10 }]);
  });

  test('two runs at once lose nothing of each other', async () => {
    await Promise.all([0, 1, 2, 3, 4].map((part) => read(`source/${part}.gz`, attacks(2))));
    expect(await entries()).toMatchObject([{ cidr: '203.0.113.7/32', count: 10 }]);
  });

  test('what the others counted is read as it is by now, not as it was a moment ago', async () => {
    const send = jest.spyOn(DynamoDBDocumentClient.prototype, 'send');
    await read('source/a.gz', attacks(2));
    const queries = send.mock.calls.map(([command]) => command).filter((command) => command instanceof QueryCommand);
    expect(queries.map(({ input }) => input)).toEqual([expect.objectContaining({ ConsistentRead: true })]);
  });

  test.each([
    ['later', [0, 1]],
    ['earlier', [1, 0]],
  ])('an entry ends after its latest offence, also when the other is told %s', async (_, windows) => {
    for (const window of windows) {
      const attack = { ...ATTACK, timestamp: (WINDOW - window * WINDOW_SECONDS) * 1000 };
      await read(`source/${window}.gz`, `${wafLine(attack)}\n`.repeat(10));
    }
    expect((await entries()).map(({ expiresAt }) => expiresAt)).toEqual([WINDOW + WINDOW_SECONDS + 3_600]);
  });

  test('counts stay for two days after their window', async () => {
    await read('source/a.gz', attacks(2));
    const { Items } = await dynamo.send(new ScanCommand({ TableName: process.env.COUNT_TABLE_NAME }));
    expect(Items).toMatchObject([{ [COUNT_TTL_ATTRIBUTE]: WINDOW + WINDOW_SECONDS + 2 * 86_400 }]);
  });

  test('windows are counted apart, and an IPv6 client by its network of 64 bits', async () => {
    const v6 = ['2001:db8:0:1::1', '2001:db8:0:1::2'].map((clientIp) => attacks(5, clientIp)).join('');
    await read(
      'source/a.gz',
      `${v6}${attacks(5)}${`${wafLine({ ...ATTACK, timestamp: (WINDOW - 1) * 1000 })}\n`.repeat(5)}`,
    );
    expect(await entries()).toMatchObject([{ cidr: '2001:db8:0:1::/64', count: 10 }]);
  });

  test('an old log blocks nobody, and a reserved or unreadable address never becomes an entry', async () => {
    const old = `${wafLine({ ...ATTACK, timestamp: (WINDOW - 86_400) * 1000 })}\n`.repeat(20);
    await read('source/a.gz', `${old}${attacks(20, '10.1.2.3')}${attacks(20, 'X.X.X.X')}`);
    expect(await entries()).toEqual([]);
  });

  test("the platform's own addresses never become entries, their neighbours do", async () => {
    const own = ['198.51.0.9', '198.51.255.255', '2001:db8:ffff:1::9'];
    const others = ['198.52.0.0', '2001:db8:fffe::1'];
    await read('source/a.gz', [...own, ...others].map((client) => attacks(10, client)).join(''));
    expect((await entries()).map(({ cidr }) => cidr).sort()).toEqual(['198.52.0.0/32', '2001:db8:fffe::/64']);
  });

  test('a corrupt object is a fault that names it, so that its event ends in the dead-letter queue', async () => {
    await expect(read('source/bad.gz', gzipSync(attacks(10)).subarray(0, 100))).rejects.toThrow(
      's3://waf/source/bad.gz could not be read: unexpected end of file',
    );
    await expect(again('source/gone.gz')).rejects.toThrow('s3://waf/source/gone.gz could not be read: ');
    expect(await entries()).toEqual([]);
  });

  test('an access log is read as such, and other objects of its bucket are left alone', async () => {
    const key =
      'access/AWSLogs/111122223333/elasticloadbalancing/eu-south-2/2026/11/24/111122223333_elasticloadbalancing_eu-south-2_app.evc.50dc_20261124T1005Z_10.0.1.1_x.log.gz';
    const errors = `${accessLine({ time: WINDOW * 1000, client: '203.0.113.9', elbStatus: '404' })}\n`.repeat(10);
    await again(
      'connections/AWSLogs/111122223333/elasticloadbalancing/eu-south-2/2026/11/24/conn_log.111122223333_x.log.gz',
      'access',
    );
    await again(key.replace('_app.', '_net.'), 'access');
    await read(key, errors, 'access');
    expect(await entries()).toMatchObject([{ cidr: '203.0.113.9/32', reason: '10 client errors in 5 minutes' }]);
  });

  test('without a table of entries offenders are only counted', async () => {
    const table = process.env.ENTRY_TABLE_NAME;
    delete process.env.ENTRY_TABLE_NAME;
    await read('source/a.gz', attacks(10));
    expect(metrics()).toMatchObject({ Offenders: 1 });
    process.env.ENTRY_TABLE_NAME = table;
    expect(await entries()).toEqual([]);
  });

  test('entries of one file stay when the next brings others', async () => {
    const ten = Array.from({ length: 10 }, (_, index) => address(index));
    await read('source/a.gz', ten.map((client) => attacks(10, client)).join(''));
    await read('source/b.gz', attacks(10, ten[0]) + attacks(10, address(99)));
    expect((await entries()).map(({ cidr }) => cidr).sort()).toEqual(
      [...ten, address(99)].map((client) => `${client}/32`).sort(),
    );
  });

  test('many more offenders of one file than are written at once all become entries', async () => {
    const text = Array.from({ length: 100 }, (_, index) => attacks(10, address(index))).join('');
    await read('source/a.gz', text);
    expect(await entries()).toHaveLength(100);
  });
});

import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecutionState,
} from '@aws-sdk/client-athena';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { type OffenderQuerySpec, queryMark } from '../../src/waf/offender-query-constants';
import { handler } from '../../src/waf/offender-result.lambda';
import { describeWith, MOTO } from '../support/engines';
import { Moto } from './entries-moto';

const QUERIES: readonly OffenderQuerySpec[] = [
  { kind: 'blocked requests', blockSeconds: 3_600, lookBackHours: 2 },
  { kind: 'client errors', blockSeconds: 7_200, lookBackHours: 5 },
];
/** Just now: entries whose end has passed are not written. */
const ENDED = new Date(Math.floor(Date.now() / 1000) * 1000);

// Athena fails, and cuts results into pages, as no emulator does; the table is moto's.
const athena = mockClient(AthenaClient);

describeWith([MOTO], 'the result of an offender query against moto', () => {
  let moto: Moto;
  const lines: string[] = [];
  let test_ = 0;

  beforeAll(async () => {
    moto = await Moto.start();
    Object.assign(process.env, {
      ...moto.environment,
      ENTRY_TABLE_REGION: moto.config.region,
      NEVER_BLOCK: '["198.51.100.0/24"]',
      OFFENDER_QUERIES: JSON.stringify(QUERIES),
      LOG_ANALYTICS_NAME: 'Test',
    });
  }, 60_000);
  afterAll(() => moto.stop());
  beforeEach(async () => {
    lines.length = 0;
    athena.reset();
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    test_++;
    process.env.ENTRY_TABLE_NAME = await moto.newTable(`entries${test_}`);
  });
  afterEach(() => jest.restoreAllMocks());

  function ended(state: QueryExecutionState, mark = queryMark('1'), reason?: string): void {
    athena.on(GetQueryExecutionCommand, { QueryExecutionId: 'query-1' }).resolves({
      QueryExecution: {
        Query: `${mark}\nSELECT 1`,
        Status: { State: state, StateChangeReason: reason, CompletionDateTime: ENDED },
      },
    });
  }

  /** Rows by page, the first of the first page being the names of the columns, as Athena has it. */
  function pages(...found: (string | undefined)[][][]): void {
    found.forEach((rows, page) => {
      const heads = page === 0 ? [['client', 'count']] : [];
      athena
        .on(GetQueryResultsCommand, { QueryExecutionId: 'query-1', NextToken: page === 0 ? undefined : `page${page}` })
        .resolves({
          ResultSet: {
            Rows: [...heads, ...rows].map((row) => ({ Data: row.map((VarCharValue) => ({ VarCharValue })) })),
          },
          NextToken: page + 1 < found.length ? `page${page + 1}` : undefined,
        });
    });
  }

  const run = () => handler({ detail: { queryExecutionId: 'query-1' } });
  async function entries(): Promise<Record<string, unknown>> {
    const { Items = [] } = await moto.dynamo.send(new ScanCommand({ TableName: process.env.ENTRY_TABLE_NAME }));
    return Object.fromEntries(Items.map(({ cidr, count }) => [cidr, count]));
  }
  const metrics = () => Object.assign({}, ...lines.map((line) => JSON.parse(line)).filter((line) => line._aws));

  test('a row becomes an entry that says what was done and ends by itself', async () => {
    ended('SUCCEEDED');
    pages([['203.0.113.7', '900']]);
    await run();

    const { Items } = await moto.dynamo.send(new ScanCommand({ TableName: process.env.ENTRY_TABLE_NAME }));
    expect(Items).toEqual([
      {
        cidr: '203.0.113.7/32',
        source: 'offender:Test',
        list: 'BLOCK',
        reason: '900 client errors in 5 hours',
        actor: 'Test',
        count: 900,
        expiresAt: ENDED.getTime() / 1000 + 7_200,
        createdAt: expect.any(String),
      },
    ]);
    expect(metrics()).toMatchObject({ LogAnalytics: 'Test', Offenders: 1 });
  });

  test('every page counts, and the names of the columns stand on the first one only', async () => {
    ended('SUCCEEDED');
    pages([['203.0.113.1', '1']], [['203.0.113.2', '2']], [['203.0.113.3', '3']]);
    await run();
    expect(await entries()).toEqual({ '203.0.113.1/32': 1, '203.0.113.2/32': 2, '203.0.113.3/32': 3 });
  });

  test('addresses of one IPv6 network are one offender with the worst count', async () => {
    ended('SUCCEEDED');
    pages([['2001:db8::1', '5']], [['2001:db8::2', '9']], [['2001:db8:0:1::1', '7']]);
    await run();
    expect(await entries()).toEqual({ '2001:db8::/64': 9, '2001:db8:0:1::/64': 7 });
  });

  test('the same event again changes nothing', async () => {
    ended('SUCCEEDED');
    pages([['203.0.113.7', '900']]);
    await run();
    await run();
    expect(await entries()).toEqual({ '203.0.113.7/32': 900 });
    expect(lines.map((line) => JSON.parse(line).written).filter((written) => written !== undefined)).toEqual([1, 0]);
  });

  test("a poison row is skipped and counted, and the platform's own address is none of both", async () => {
    ended('SUCCEEDED');
    pages([
      ['nonsense', '5'],
      [undefined, '5'],
      ['203.0.113.8', undefined],
      ['203.0.113.9', 'many'],
      ['198.51.100.7', '5'],
      ['203.0.113.7', '5'],
    ]);
    await run();
    expect(await entries()).toEqual({ '203.0.113.7/32': 5 });
    expect(metrics()).toMatchObject({ Offenders: 2, PoisonLines: 4 });
  });

  test.each([
    ['FAILED', 'the query for client errors ended FAILED: scan limit'],
    ['CANCELLED', 'the query for client errors ended CANCELLED: scan limit'],
  ] as const)(
    'a query that ended %s is a fault, so that its event reaches the dead-letter queue',
    async (state, message) => {
      ended(state, queryMark('1'), 'scan limit');
      await expect(run()).rejects.toThrow(new Error(message));
      expect(await entries()).toEqual({});
    },
  );

  test.each(['-- by hand', queryMark('2'), queryMark('11')])(
    'a query of somebody else (%s) is none of ours',
    async (mark) => {
      ended('FAILED', mark);
      await run();
      expect(athena.commandCalls(GetQueryResultsCommand)).toHaveLength(0);
      expect(await entries()).toEqual({});
    },
  );
});

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as fc from 'fast-check';
import { handler as api } from '../../src/waf/entry-api.lambda';
import { type FetchPolicy, PUBLIC_HTTPS } from '../../src/waf/feed-fetch.lambda-shared';
import { runFeed } from '../../src/waf/feed-run.lambda-shared';
import { handler as writer } from '../../src/waf/writer.lambda';
import { FeedServer } from '../waf/feed-server';
import { MemoryWorld } from '../waf/ip-access-memory';
import { IpAccessModel, type Range } from '../waf/ip-access-model';

const SEED = 20_261_124;
const SEQUENCES = 50;
const OPERATIONS = 50;
const ADDRESSES = 1_024;

/** The model's 1,024 addresses are 203.0.112.0/22 and, as the last bits, 2001:db8::/118. */
function ipv4(first: number, bits: number): Range {
  return { text: `203.0.${112 + (first >> 8)}.${first & 255}/${22 + bits}`, first, size: ADDRESSES >> bits };
}
function ipv6(first: number, bits: number): Range {
  const text = first === 0 ? '2001:db8::' : `2001:db8::${first.toString(16)}`;
  return { text: `${text}/${118 + bits}`, first, size: ADDRESSES >> bits };
}

const network = fc
  .tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: ADDRESSES - 1 }))
  .map(([bits, address]) => ({ bits, first: address - (address % (ADDRESSES >> bits)) }));
const family = fc.constantFrom(4 as const, 6 as const);
const hours = fc.integer({ min: 1, max: 5 });
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), family, network, hours, allow: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), family, network }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('offend' as const), family, network, hours }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('feed' as const), networks: fc.array(network, { maxLength: 8 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('never' as const), networks: fc.array(network, { maxLength: 2 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), hours }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reap' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('meddle' as const), family }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const) }) },
);

const targets = (['REGIONAL', 'CLOUDFRONT'] as const).flatMap((scope) =>
  (['ALLOW', 'BLOCK'] as const).flatMap((list) =>
    ([4, 6] as const).map((one) => ({ name: 'n', id: `${scope} ${list} ${one}`, scope, list, family: one })),
  ),
);

describe('random operations on the model and on the code', () => {
  const own = ipv4(512, 4);
  let server: FeedServer;
  const policy: FetchPolicy = { ...PUBLIC_HTTPS, protocols: ['http:'], isAllowed: () => true };

  beforeAll(async () => {
    server = await FeedServer.start();
    Object.assign(process.env, {
      AWS_REGION: 'eu-south-2',
      ENTRY_TABLE_NAME: 'entries',
      IP_SETS: JSON.stringify(targets),
      NEVER_BLOCK: JSON.stringify([own.text]),
      PREFIX_BOUNDS: '{"ipv4":8,"ipv6":16}',
      DRY_RUN: 'false',
      CHANGE_TOPIC_ARN: 'arn:aws:sns:eu-south-2:111122223333:changes',
      IP_ACCESS_NAME: 'Test',
    });
  });
  afterAll(() => server.stop());
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  /** Runs one sequence; gives how many operations it compared. */
  async function run(
    operations: readonly (typeof operation extends fc.Arbitrary<infer T> ? T : never)[],
  ): Promise<void> {
    const world = new MemoryWorld(targets.map(({ id }) => id));
    const model = { 4: new IpAccessModel(ADDRESSES, [own]), 6: new IpAccessModel(ADDRESSES, []) };
    const rangeOf = (of: 4 | 6, { bits, first }: { bits: number; first: number }) =>
      of === 4 ? ipv4(first, bits) : ipv6(first, bits);
    let now = Date.UTC(2026, 10, 24);
    const seconds = () => Math.floor(now / 1000);
    const feed = async (name: string, list: 'BLOCK' | 'NEVER_BLOCK', ranges: Range[]) => {
      server.answer = (_, response) => response.end(ranges.map(({ text }) => `${text}\n`).join(''));
      const maximumAgeSeconds = 3 * 3_600;
      await runFeed(
        {
          name,
          url: server.url,
          format: 'LINES',
          list,
          minimumEntries: 1,
          maximumEntries: 10_000,
          allowedShrinkPercent: 100,
          maximumAgeSeconds,
        },
        {
          dynamo: DynamoDBDocumentClient.from(new DynamoDBClient({})),
          tableName: 'entries',
          bounds: { ipv4: 8, ipv6: 16 },
          nowMs: now,
          policy,
        },
      ).then(
        () => {
          const end = list === 'NEVER_BLOCK' ? Number.POSITIVE_INFINITY : seconds() + maximumAgeSeconds;
          model[4].replace(`feed:${name}`, ranges, list, end);
        },
        // An empty list is refused, and the last good one stays.
        () => expect(ranges).toEqual([]),
      );
    };
    const call = async (httpMethod: string, range: Range, body: object | null) => {
      const [address, prefix] = range.text.split('/');
      const { statusCode } = await api({
        httpMethod,
        resource: '/entries/{address}/{prefix}',
        pathParameters: { address, prefix },
        queryStringParameters: null,
        body: JSON.stringify(body),
        requestContext: { requestId: 'r', identity: { userArn: 'arn:aws:iam::111122223333:role/Operator' } },
      });
      return statusCode;
    };
    try {
      for (const step of [...operations, { do: 'write' as const }]) {
        jest.setSystemTime(now);
        switch (step.do) {
          case 'put': {
            const range = rangeOf(step.family, step.network);
            const list = step.allow ? 'ALLOW' : 'BLOCK';
            const status = await call('PUT', range, { list, reason: 'a reason', expiresInHours: step.hours });
            if (status === 200) {
              model[step.family].put(range, 'manual', list, seconds() + step.hours * 3_600);
            } else {
              expect([status, list]).toEqual([409, 'BLOCK']);
            }
            break;
          }
          case 'delete': {
            const range = rangeOf(step.family, step.network);
            await call('DELETE', range, null);
            model[step.family].remove(range, (source) => !source.startsWith('feed:'));
            break;
          }
          case 'offend': {
            const range = rangeOf(step.family, step.network);
            const end = seconds() + step.hours * 3_600;
            const common = { list: 'BLOCK', reason: 'r', actor: 'offender:a', createdAt: '', expiresAt: end, count: 1 };
            world.put({ cidr: range.text, source: 'offender:a', ...common });
            model[step.family].put(range, 'offender:a', 'BLOCK', end);
            break;
          }
          case 'feed':
            await feed(
              'a',
              'BLOCK',
              step.networks.map((one) => rangeOf(4, one)),
            );
            break;
          case 'never':
            await feed(
              'cdn',
              'NEVER_BLOCK',
              step.networks.map((one) => rangeOf(4, one)),
            );
            break;
          case 'wait':
            now += step.hours * 3_600_000;
            break;
          case 'reap':
            for (const item of world.entries.filter(({ expiresAt }) => Number(expiresAt ?? Infinity) <= seconds())) {
              world.delete(item);
            }
            break;
          case 'meddle':
            world.sets.set(`REGIONAL BLOCK ${step.family}`, { addresses: ['192.0.2.1/32'], token: 1_000 });
            break;
          case 'write':
            await writer({});
            compare(world, model, seconds());
        }
      }
    } finally {
      world.restore();
    }
  }

  function compare(world: MemoryWorld, model: Record<4 | 6, IpAccessModel>, now: number): void {
    for (const { id, list, family: one } of targets) {
      const held = new Set<number>();
      for (const text of world.sets.get(id)?.addresses ?? []) {
        const [address, prefix] = text.split('/');
        const first =
          one === 4
            ? address
                .split('.')
                .slice(2)
                .reduce((sum, part) => sum * 256 + Number(part), 0) -
              112 * 256
            : Number.parseInt(address.split('::')[1] || '0', 16);
        for (let offset = 0; offset < 2 ** ((one === 4 ? 32 : 128) - Number(prefix)); offset++) {
          held.add(first + offset);
        }
      }
      const wanted = list === 'ALLOW' ? model[one].allowed(now) : model[one].blocked(now);
      expect({ id, held: [...held].sort((a, b) => a - b) }).toEqual({ id, held: wanted });
    }
  }

  test(`the sets equal the model after every run of the writer, over ${SEQUENCES * OPERATIONS} operations`, async () => {
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    jest.useFakeTimers({
      doNotFake: [
        'nextTick',
        'setImmediate',
        'queueMicrotask',
        'setTimeout',
        'clearTimeout',
        'setInterval',
        'performance',
        'hrtime',
      ],
    });
    const sequence = fc.array(operation, { minLength: OPERATIONS, maxLength: OPERATIONS });
    await fc.assert(fc.asyncProperty(sequence, run), { seed: SEED, numRuns: SEQUENCES, endOnFailure: true });
  }, 240_000);
});

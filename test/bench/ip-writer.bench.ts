import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as http from 'node:http';
import * as path from 'node:path';
import type { Benchmark, BenchmarkRow } from './benchmark';

const BUNDLE = path.join(__dirname, '..', '..', 'assets', 'waf', 'writer.lambda', 'index.js');
const PAGE = 3_500;
const SETS = ['ALLOW', 'BLOCK'].flatMap((list) =>
  [4, 6].map((family) => ({ name: `${list}${family}`, id: `${list}${family}`, scope: 'REGIONAL', list, family })),
);

/** What the writer needs of AWS, on the loopback address: a table that answers page by page, and four sets. */
class Aws {
  public items: object[] = [];
  public readonly updates = new Map<string, number>();
  private readonly sets = new Map<string, string[]>();
  private readonly server = http.createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) {
      parts.push(part);
    }
    const [, operation] = String(request.headers['x-amz-target']).split('.');
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify(this.answer(operation, operation ? JSON.parse(Buffer.concat(parts).toString()) : {})));
  });

  public async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  public close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  // biome-ignore lint/suspicious/noExplicitAny: requests of AWS's API are free JSON
  private answer(operation: string, input: any): object {
    switch (operation) {
      case 'Scan': {
        const start = Number(input.ExclusiveStartKey?.cidr.S ?? 0);
        const next = start + PAGE;
        const Items = this.items.slice(start, next);
        return next < this.items.length ? { Items, LastEvaluatedKey: { cidr: { S: String(next) } } } : { Items };
      }
      case 'GetIPSet':
        return { IPSet: { Addresses: this.sets.get(input.Id) ?? [] }, LockToken: 'token' };
      case 'UpdateIPSet':
        this.sets.set(input.Id, input.Addresses);
        this.updates.set(input.Id, (this.updates.get(input.Id) ?? 0) + 1);
        return {};
      default:
        return {};
    }
  }
}

function itemOf(index: number): object {
  const texts = {
    cidr: `203.${(index >> 7) & 255}.${(index & 127) * 2}.${1 + (index >> 15)}/32`,
    source: 'offender:web',
    list: 'BLOCK',
    reason: 'blocked 137 times within 5 minutes by the rules of the web ACL',
    actor: 'offender:web',
    createdAt: '2026-11-24T00:00:00.000Z',
  };
  return {
    ...Object.fromEntries(Object.entries(texts).map(([name, S]) => [name, { S }])),
    expiresAt: { N: '4102444800' },
    count: { N: String(index) },
  };
}

/** The bundled handler in a process of its own, as Lambda runs it: calls it as often as there are events; gives MiB. */
async function runWriter(endpoint: string, records: object[]): Promise<number> {
  const script = `
    const { handler } = require(${JSON.stringify(BUNDLE)});
    process.once('message', async (event) => {
      await handler(event);
      process.send(process.resourceUsage().maxRSS / 1024, () => process.exit());
    });`;
  const child = spawn(process.execPath, ['-e', script], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'eu-south-2',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      NODE_PATH: path.join(__dirname, '..', '..', 'node_modules'),
      ENTRY_TABLE_NAME: 'entries',
      IP_SETS: JSON.stringify(SETS),
      NEVER_BLOCK: '[]',
      PREFIX_BOUNDS: '{"ipv4":8,"ipv6":16}',
      DRY_RUN: 'false',
      CHANGE_TOPIC_ARN: 'arn:aws:sns:eu-south-2:111122223333:changes',
      IP_ACCESS_NAME: 'Bench',
    },
  });
  child.send({ Records: records });
  const [megabytes] = await once(child, 'message');
  return megabytes as number;
}

export const benchmark: Benchmark = {
  name: 'writer of IP sets',
  async run(): Promise<BenchmarkRow[]> {
    const aws = new Aws();
    const endpoint = await aws.listen();
    try {
      const records = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, i) => ({
          eventName: 'INSERT',
          dynamodb: { NewImage: itemOf(from + i) },
        }));
      // Lambda hands over at most 6 MB at once, so a burst of 10,000 comes in two halves; the table fills meanwhile.
      for (const [from, to] of [
        [0, 5_000],
        [5_000, 10_000],
      ]) {
        aws.items = Array.from({ length: to }, (_, i) => itemOf(i));
        await runWriter(endpoint, records(from, to));
      }
      const updates = Math.max(...aws.updates.values());
      aws.items = Array.from({ length: 20_000 }, (_, i) => itemOf(i));
      const megabytes = await runWriter(endpoint, []);
      return [
        {
          what: 'updates of one IP set in a burst of 10,000 new entries',
          ours: updates,
          reference: 1,
          unit: 'calls',
          against: 'the least that is possible',
          goal: { atMost: 2 },
        },
        {
          what: 'memory of the writer over 20,000 entries',
          ours: megabytes,
          reference: 256,
          unit: 'MiB',
          against: 'what is allowed',
          goal: { atMost: 1 },
        },
      ];
    } finally {
      aws.close();
    }
  },
};

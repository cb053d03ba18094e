import * as fs from 'node:fs';
import * as path from 'node:path';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { DEFAULT_BOUNDS } from '../../src/waf/entries';
import { readEntries, writeEntries } from '../../src/waf/entries-store.lambda-shared';
import { type FetchPolicy, PUBLIC_HTTPS } from '../../src/waf/feed-fetch.lambda-shared';
import { runFeed } from '../../src/waf/feed-run.lambda-shared';
import type { FeedSettings } from '../../src/waf/feed-settings';
import { describeWith, MOTO } from '../support/engines';
import { Moto } from './entries-moto';
import { FeedServer } from './feed-server';

const NOW_MS = Date.UTC(2026, 10, 24, 5, 17);
const DAY_MS = 86_400_000;
const policy: FetchPolicy = { ...PUBLIC_HTTPS, protocols: ['http:'], isAllowed: () => true };

describeWith([MOTO], 'a feed into a table of moto', () => {
  let moto: Moto;
  let server: FeedServer;
  let table: string;
  let settings: FeedSettings;
  let count = 0;

  beforeAll(async () => {
    [moto, server] = await Promise.all([Moto.start(), FeedServer.start()]);
  }, 60_000);
  afterAll(() => Promise.all([moto.stop(), server.stop()]));
  beforeEach(async () => {
    table = await moto.newTable(`entries-${count++}`);
    settings = {
      name: 'spamhaus-drop',
      url: `${server.url}/drop_v4.json`,
      format: 'JSON_LINES',
      field: 'cidr',
      list: 'BLOCK',
      minimumEntries: 2,
      maximumEntries: 10_000,
      allowedShrinkPercent: 50,
      maximumAgeSeconds: 7 * 86_400,
    };
    serve(['1.10.16.0/20', '1.19.0.0/16', '2.56.192.0/22', '2a06:e480::/29']);
  });

  function serve(cidrs: string[]) {
    server.answer = (_, response) => response.end(cidrs.map((cidr) => `${JSON.stringify({ cidr })}\n`).join(''));
  }
  const run = (nowMs = NOW_MS) =>
    runFeed(settings, { dynamo: moto.dynamo, tableName: table, bounds: DEFAULT_BOUNDS, nowMs, policy });
  const cidrs = async () => (await readEntries(moto.dynamo, table)).entries.map(({ cidr }) => cidr).sort();

  test('the list of Spamhaus, as it is published, becomes entries with an end', async () => {
    const list = fs.readFileSync(path.join(__dirname, '../fixtures/feeds/spamhaus-drop.json'));
    server.answer = (_, response) => response.end(list);
    expect(await run()).toEqual({ entries: 4, added: 4, removed: 0, unchanged: false });
    const { entries, feeds } = await readEntries(moto.dynamo, table);
    expect(entries).toContainEqual({
      cidr: '1.19.0.0/16',
      source: 'feed:spamhaus-drop',
      list: 'BLOCK',
      reason: `listed by ${settings.url}`,
      actor: 'feed:spamhaus-drop',
      createdAt: '2026-11-24T05:17:00.000Z',
      expiresAt: NOW_MS / 1000 + 7 * 86_400,
    });
    expect(feeds).toEqual([
      expect.objectContaining({ source: 'feed:spamhaus-drop', count: 4, fetchedAt: NOW_MS / 1000 }),
    ]);
  });

  test('the next list adds, removes and prolongs; what stays keeps the day it came', async () => {
    await run();
    serve(['1.10.16.0/20', '1.19.0.0/16', '2.56.192.0/22', '5.134.128.0/19']);
    expect(await run(NOW_MS + DAY_MS)).toEqual({ entries: 4, added: 1, removed: 1, unchanged: false });
    expect(await cidrs()).toEqual(['1.10.16.0/20', '1.19.0.0/16', '2.56.192.0/22', '5.134.128.0/19']);
    const { entries } = await readEntries(moto.dynamo, table);
    const kept = entries.find(({ cidr }) => cidr === '1.19.0.0/16');
    expect(kept).toMatchObject({
      createdAt: '2026-11-24T05:17:00.000Z',
      expiresAt: (NOW_MS + DAY_MS) / 1000 + 7 * 86_400,
    });
  });

  test("entries of people and of other feeds are not a feed's to remove", async () => {
    const entry = { list: 'BLOCK' as const, reason: 'r', actor: 'a', createdAt: '2026-11-24T00:00:00.000Z' };
    const others = [
      { ...entry, cidr: '203.0.113.1/32', source: 'manual' },
      { ...entry, cidr: '203.0.113.3/32', source: 'feed:another' },
    ];
    await writeEntries(moto.dynamo, table, others, []);
    await run();
    expect(await cidrs()).toEqual(expect.arrayContaining(['203.0.113.1/32', '203.0.113.3/32']));
  });

  describe('a server that knows versions', () => {
    let asked: (string | undefined)[];
    beforeEach(() => {
      asked = [];
      server.answer = ({ headers }, response) => {
        asked.push(headers['if-none-match']);
        if (headers['if-none-match'] === '"v1"') {
          response.writeHead(304).end();
        } else {
          response.setHeader('etag', '"v1"').end('{"cidr":"1.10.16.0/20"}\n{"cidr":"1.19.0.0/16"}\n');
        }
      };
    });
    const ends = async () => (await readEntries(moto.dynamo, table)).entries.map(({ expiresAt }) => expiresAt);

    test('is asked for changes only; an unchanged list goes on being used, as long as a new one would', async () => {
      await run();
      expect(await run(NOW_MS + DAY_MS)).toEqual({ entries: 2, added: 0, removed: 0, unchanged: true });
      expect(await run(NOW_MS + 2 * DAY_MS)).toMatchObject({ unchanged: true });
      expect(asked).toEqual([undefined, '"v1"', '"v1"']);
      expect(await ends()).toEqual([NOW_MS / 1000 + 9 * 86_400, NOW_MS / 1000 + 9 * 86_400]);
    });

    test('is asked for the whole list if the table lost a part of it, or it is read in another way', async () => {
      await run();
      await writeEntries(moto.dynamo, table, [], [{ cidr: '1.19.0.0/16', source: 'feed:spamhaus-drop' }]);
      expect(await run(NOW_MS + DAY_MS)).toMatchObject({ entries: 2, added: 1, unchanged: false });
      settings = { ...settings, list: 'ALLOW' };
      expect(await run(NOW_MS + DAY_MS)).toMatchObject({ unchanged: false });
      expect(await run(NOW_MS + 9 * DAY_MS)).toMatchObject({ unchanged: false });
      expect(asked).toEqual([undefined, undefined, undefined, undefined]);
    });

    test('may not answer "not modified" unasked', async () => {
      server.answer = (_, response) => response.writeHead(304).end();
      await expect(run()).rejects.toThrow('the server answered 304');
    });
  });

  test('what must never be blocked has no end: it stays so when its feed dies', async () => {
    settings = { ...settings, list: 'NEVER_BLOCK' };
    await run();
    expect((await readEntries(moto.dynamo, table)).entries.filter((entry) => 'expiresAt' in entry)).toEqual([]);
  });

  test('a list that would block everybody is refused', async () => {
    serve(Array.from({ length: 40 }, (_, i) => `${11 + i * 2}.0.0.0/8`));
    await expect(run()).rejects.toThrow(
      'the list is refused: 15.6 percent of all IPv4 addresses would be blocked, more than 5',
    );
    settings = { ...settings, list: 'NEVER_BLOCK' };
    expect(await run()).toMatchObject({ entries: 40 });
  });

  test('redirects that lead in a circle end', async () => {
    server.answer = (_, response) => response.writeHead(302, { location: '/drop_v4.json' }).end();
    await expect(run()).rejects.toThrow('more than 3 redirects');
  });

  test.each([
    ['answers 404', () => refuse(404), 'the server answered 404'],
    ['answers 500', () => refuse(500), 'the server answered 500'],
    ['is empty', () => serve([]), 'the list is refused: 0 networks, fewer than the minimum of 2'],
    ['is a page of HTML', () => page(), 'the list is refused: 7 of 7 lines hold no address'],
  ])('a list that %s leaves the last good one', async (_, change, message) => {
    await run();
    const before = await cidrs();
    change();
    await expect(run(NOW_MS + DAY_MS)).rejects.toThrow(message);
    expect(await cidrs()).toEqual(before);
    const state = { cidr: '#state', source: 'feed:spamhaus-drop' };
    const { Item } = await moto.dynamo.send(new GetCommand({ TableName: table, Key: state }));
    expect(Item?.fetchedAt).toBe(NOW_MS / 1000);
  });

  test('a list that shrinks by more than is allowed leaves the last good one until that has expired', async () => {
    settings = { ...settings, allowedShrinkPercent: 40 };
    await run();
    serve(['1.10.16.0/20', '1.19.0.0/16']);
    await expect(run(NOW_MS + DAY_MS)).rejects.toThrow(
      'the list is refused: 2 networks after 4: it shrank by more than 40 percent',
    );
    expect(await cidrs()).toHaveLength(4);
    expect(await run(NOW_MS + 7 * DAY_MS)).toEqual({ entries: 2, added: 0, removed: 2, unchanged: false });
  });

  test('a list that shrinks by as much as is allowed is taken', async () => {
    await run();
    serve(['1.10.16.0/20', '1.19.0.0/16']);
    expect(await run(NOW_MS + DAY_MS)).toEqual({ entries: 2, added: 0, removed: 2, unchanged: false });
  });

  function refuse(status: number) {
    server.answer = (_, response) => response.writeHead(status).end('1.2.3.4\n');
  }
  function page() {
    const html = fs.readFileSync(path.join(__dirname, '../fixtures/feeds/error-page.html'), 'utf8');
    server.answer = (_, response) => response.end(html.split('\n').slice(1).join('\n'));
  }
});

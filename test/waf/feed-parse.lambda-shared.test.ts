import * as fs from 'node:fs';
import * as path from 'node:path';
import { DEFAULT_BOUNDS } from '../../src/waf/entries';
import { parseFeed, refusalOf } from '../../src/waf/feed-parse.lambda-shared';
import type { FeedFormat, FeedSettings } from '../../src/waf/feed-settings';

const NOW = 1_000_000;
const settings: FeedSettings = {
  name: 'a-feed',
  url: 'https://feeds.example.com/list.txt',
  format: 'LINES',
  list: 'BLOCK',
  minimumEntries: 2,
  maximumEntries: 4,
  allowedShrinkPercent: 50,
  maximumAgeSeconds: 1_000,
};

const fixture = (name: string) => fs.readFileSync(path.join(__dirname, '../fixtures/feeds', name));

async function* pieces(content: string | Buffer, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}

function parse(content: string | Buffer, format: FeedFormat = 'LINES', size?: number) {
  return parseFeed(pieces(content, size), { format, field: 'cidr' }, DEFAULT_BOUNDS);
}

test('plain lines: comments, CIDRs with host bits, IPv6, other ends of line; reserved networks are left out', async () => {
  expect(await parse(fixture('plain.txt'))).toEqual({
    cidrs: ['1.2.3.4/31', '1.2.4.0/23', '2a00:1450::/32'],
    lines: 7,
    bad: 0,
  });
});

test('JSON lines: the member named, objects without it passed over', async () => {
  expect(await parse(fixture('spamhaus-drop.json'), 'JSON_LINES')).toEqual({
    cidrs: ['1.10.16.0/20', '1.19.0.0/16', '2.56.192.0/22', '2a06:e480::/29'],
    lines: 4,
    bad: 0,
  });
});

test.each([1, 2, 3, 64, 100_000])('chunks of %d bytes make no difference', async (size) => {
  expect(await parse(fixture('plain.txt'), 'LINES', size)).toEqual(await parse(fixture('plain.txt')));
});

test.each([
  ['an address that is none', 'LINES', '999.1.1.1'],
  ['a network too wide to be a client', 'LINES', '0.0.0.0/0'],
  ['a line that is no JSON', 'JSON_LINES', '1.2.3.4'],
  ['a member that is no text', 'JSON_LINES', '{"cidr":7}'],
  ['JSON that is no object', 'JSON_LINES', '"1.2.3.4"'],
] as [string, FeedFormat, string][])('%s is a bad line', async (_, format, line) => {
  expect(await parse(`${line}\n`, format)).toEqual({ cidrs: [], lines: 1, bad: 1 });
});

test('neighbours are joined, but never to a network wider than an entry may be', async () => {
  expect((await parse('20.0.0.0/8\n21.0.0.0/8\n')).cidrs).toEqual(['20.0.0.0/8', '21.0.0.0/8']);
});

test('a line without an end is refused while it arrives', async () => {
  await expect(parse('x'.repeat(10_000))).rejects.toThrow(
    'a line is longer than 4096 characters: this is no list of addresses',
  );
});

describe('refusal', () => {
  const list = (count: number, bad = 0) => ({
    cidrs: Array.from({ length: count }, (_, i) => `203.0.113.${2 * i}/32`),
    lines: count + bad,
    bad,
  });
  const previous = (count: number, fetchedAt = NOW - 999) => ({
    cidr: '#state' as const,
    source: 'feed:a-feed',
    count,
    fetchedAt,
  });

  test('an error page is no list', async () => {
    expect(refusalOf(await parse(fixture('error-page.html')), settings, undefined, NOW)).toBe(
      '8 of 8 lines hold no address',
    );
  });

  test.each([
    [19, 1, undefined],
    [18, 1, '1 of 19 lines hold no address'],
  ])('%d good lines and %d bad: %s', (good, bad, refusal) =>
    expect(refusalOf(list(good, bad), { ...settings, maximumEntries: 100 }, undefined, NOW)).toBe(refusal),
  );

  test.each([
    [0, '0 networks, fewer than the minimum of 2'],
    [1, '1 networks, fewer than the minimum of 2'],
    [2, undefined],
    [4, undefined],
    [5, '5 networks, more than the maximum of 4'],
  ])('%d networks of 2 to 4: %s', (count, refusal) =>
    expect(refusalOf(list(count), settings, undefined, NOW)).toBe(refusal),
  );

  test.each([
    [4, undefined],
    [5, '2 networks after 5: it shrank by more than 50 percent'],
  ])('2 networks after %d: %s', (before, refusal) =>
    expect(refusalOf(list(2), settings, previous(before), NOW)).toBe(refusal),
  );

  test('a list that has expired is no measure', () => {
    expect(refusalOf(list(2), settings, previous(100, NOW - 1_000), NOW)).toBeUndefined();
  });
});

import { DEFAULT_BOUNDS } from '../../src/waf/entries';
import { parseFeed } from '../../src/waf/feed-parse.lambda-shared';
import { randomOf } from '../waf/entries-random';
import type { Benchmark, BenchmarkRow } from './benchmark';

const ROUNDS = 9;
const CHUNK = 64 * 1024;

/** A list as they are published: addresses and small networks in no order, some with comments. */
function feedOf(lines: number): Buffer {
  const random = randomOf(lines);
  const texts = Array.from({ length: lines }, (_, i) => {
    const address = `${20 + random(60)}.${random(256)}.${random(256)}.${random(256)}`;
    return i % 4 === 0 ? `${address}/32 # seen ${random(100)} times` : address;
  });
  return Buffer.from(`${texts.join('\n')}\n`);
}

async function* chunksOf(feed: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < feed.length; at += CHUNK) {
    yield feed.subarray(at, at + CHUNK);
  }
}

/** Only splits the text and finds the address of each line. */
async function reference(feed: Buffer): Promise<number> {
  const address = /^\s*(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?/;
  let found = 0;
  for (const line of feed.toString().split('\n')) {
    found += address.exec(line) ? 1 : 0;
  }
  return found;
}

async function ours(feed: Buffer): Promise<number> {
  return (await parseFeed(chunksOf(feed), { format: 'LINES' }, DEFAULT_BOUNDS)).cidrs.length;
}

/** Of the processor, not of the clock: other work on the machine does not count. */
async function milliseconds(act: () => Promise<number>): Promise<number> {
  const begin = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e3;
}

/** The best of several rounds, taken in turn, so that the machine's other work disturbs both alike. */
async function bestOf(feed: Buffer): Promise<{ readonly ours: number; readonly reference: number }> {
  const best = { ours: Number.POSITIVE_INFINITY, reference: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    best.ours = Math.min(best.ours, await milliseconds(() => ours(feed)));
    best.reference = Math.min(best.reference, await milliseconds(() => reference(feed)));
  }
  return best;
}

export const benchmark: Benchmark = {
  name: 'feeds of IP access',
  async run(): Promise<BenchmarkRow[]> {
    const whole = await bestOf(feedOf(100_000));
    const small = await bestOf(feedOf(10_000));
    const large = await bestOf(feedOf(400_000));
    return [
      {
        what: 'parse and merge a feed of 100,000 lines',
        ...whole,
        unit: 'ms',
        against: 'split the same text and match a regular expression to each line',
        goal: { atMost: 3 },
      },
      {
        what: 'slope from 10,000 to 400,000 lines, both scales logarithmic',
        ours: Math.log(large.ours / small.ours) / Math.log(40),
        reference: 1,
        unit: '',
        against: 'linear',
        goal: { atMost: 1.25 },
      },
    ];
  },
};

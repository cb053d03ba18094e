import * as ipaddr from 'ipaddr.js';
import { condense, formatNetwork, type Network, overlaps, parseNetwork, supernets } from '../../src/waf/ip-ranges';
import { randomOf } from './entries-random';

const network = (text: string) => parseNetwork(text) as Network;
const networks = (...texts: string[]) => texts.map(network);

describe('reading', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7/32'],
    ['203.0.113.7/24', '203.0.113.0/24'],
    ['255.255.255.255/1', '128.0.0.0/1'],
    ['2001:DB8::1', '2001:db8::1/128'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001/128', '2001:db8::1/128'],
    ['2001:db8:0:0:1:0:0:0/80', '2001:db8:0:0:1::/80'],
    ['2001:db8:1:2:3:4:5:6/64', '2001:db8:1:2::/64'],
    ['::/1', '::/1'],
    ['::1', '::1/128'],
    ['1::', '1::/128'],
  ])('%s is %s', (text, canonical) => expect(formatNetwork(network(text))).toBe(canonical));

  test.each([
    '',
    '/',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.07',
    '203.0.113.7/33',
    '203.0.113.7/',
    '203.0.113.7/08',
    '203.0.113.7/-1',
    ' 203.0.113.7',
    '2001:db8::/129',
    '2001:db8::1::2',
    '2001:db8:1',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8:9',
    '2001:db8::12345',
    'fe80::1%eth0',
    '::ffff:203.0.113.7',
    ':::',
    'localhost',
  ])('%j is no network', (text) => expect(parseNetwork(text)).toBeUndefined());

  test('agrees with ipaddr.js over random IPv6 addresses', () => {
    const random = randomOf(6);
    for (let i = 0; i < 2_000; i++) {
      const groups = Array.from({ length: 8 }, () => (random(3) === 0 ? 0 : random(0x10000)));
      const text = groups.map((group) => group.toString(16)).join(':');
      expect(formatNetwork(network(text))).toBe(`${ipaddr.IPv6.parse(text).toRFC5952String()}/128`);
    }
  });
});

describe('condensing', () => {
  test.each([
    [['203.0.113.0/25', '203.0.113.128/25'], [], ['203.0.113.0/24']],
    [['203.0.113.0/24', '203.0.113.7/32', '203.0.113.0/24'], [], ['203.0.113.0/24']],
    [['203.0.113.1/32', '203.0.113.2/32'], [], ['203.0.113.1/32', '203.0.113.2/32']],
    [['203.0.113.0/30'], ['203.0.113.1/32'], ['203.0.113.0/32', '203.0.113.2/31']],
    [['203.0.113.0/30'], ['203.0.112.0/23'], []],
    [['0.0.0.0/1', '128.0.0.0/1'], [], ['0.0.0.0/1', '128.0.0.0/1']],
    [['198.51.100.0/32', '198.51.100.2/32'], ['198.51.100.0/24'], []],
  ])('%j without %j is %j', (plus, minus, expected) =>
    expect(condense(4, networks(...plus), networks(...minus))).toEqual(expected),
  );

  test('keeps families apart', () => {
    const both = networks('203.0.113.0/24', '2001:db8::/33', '2001:db8:8000::/33');
    expect(condense(4, both)).toEqual(['203.0.113.0/24']);
    expect(condense(6, both, networks('203.0.113.0/24'))).toEqual(['2001:db8::/32']);
    expect(condense(6, networks('::/1', '8000::/1'))).toEqual(['::/1', '8000::/1']);
  });

  test('holds exactly the union of its inputs without the exceptions, in the fewest CIDRs', () => {
    const random = randomOf(4);
    for (let round = 0; round < 200; round++) {
      // A universe of 256 addresses, small enough to know each one's answer.
      const some = (count: number) =>
        Array.from({ length: random(count) }, () => `203.0.113.${random(256)}/${24 + random(9)}`);
      const [plus, minus] = [some(30), some(8)];
      const result = condense(4, networks(...plus), networks(...minus)).map(network);
      const holds = (list: Network[], address: Network) => list.some((candidate) => overlaps(candidate, address));
      const wanted = Array.from({ length: 256 }, (_, i) => network(`203.0.113.${i}`)).map(
        (address) => holds(networks(...plus), address) && !holds(networks(...minus), address),
      );
      const found = Array.from({ length: 256 }, (_, i) => holds(result, network(`203.0.113.${i}`)));
      expect(found).toEqual(wanted);
      expect(result.length).toBe(fewest(wanted));
    }
  });

  test('takes half a million networks and a tenth of it in exceptions within seconds', () => {
    const some = (count: number, step: number) =>
      Array.from({ length: count }, (_, i): Network => ({ family: 4, prefix: 32, first: i * step, last: i * step }));
    const start = performance.now();
    // Of each twenty addresses ten are named, every other one, and one of these is taken out.
    expect(condense(4, some(500_000, 2), some(50_000, 20))).toHaveLength(450_000);
    expect(performance.now() - start).toBeLessThan(30_000);
  });

  test('counts addresses right over the whole of IPv6', () => {
    const random = randomOf(128);
    const sizeOf = (list: string[]) =>
      list.map(network).reduce((sum, { first, last }) => sum + BigInt(last) - BigInt(first) + 1n, 0n);
    for (let round = 0; round < 100; round++) {
      const some = () =>
        networks(
          ...Array.from({ length: 40 }, () => `2001:db8:${random(4)}:${random(4)}::${random(16)}/${30 + random(99)}`),
        );
      const [plus, minus] = [some(), some()];
      const kept = sizeOf(condense(6, plus, minus));
      const holes = sizeOf(condense(6, plus)) - sizeOf(condense(6, [...plus, ...minus])) + sizeOf(condense(6, minus));
      expect(kept).toBe(sizeOf(condense(6, plus)) - holes);
    }
  });
});

test('supernets go from the network itself to the widest', () => {
  expect(supernets(network('203.0.113.7'), 30)).toEqual(['203.0.113.7/32', '203.0.113.6/31', '203.0.113.4/30']);
  expect(supernets(network('2001:db8::1'), 127)).toEqual(['2001:db8::1/128', '2001:db8::/127']);
  expect(supernets(network('10.0.0.0/8'), 8)).toEqual(['10.0.0.0/8']);
});

/** The least number of aligned blocks that cover exactly the marked addresses. */
function fewest(marked: boolean[]): number {
  if (marked.every((bit) => bit)) {
    return marked.length > 0 ? 1 : 0;
  }
  const half = marked.length / 2;
  return marked.length === 1 ? 0 : fewest(marked.slice(0, half)) + fewest(marked.slice(half));
}

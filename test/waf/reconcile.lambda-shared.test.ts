import { DEFAULT_BOUNDS, type Entry } from '../../src/waf/entries';
import { parseNetworks } from '../../src/waf/entries.lambda-shared';
import { condense, overlaps } from '../../src/waf/ip-ranges';
import { countChanges, planSets, sameAddresses } from '../../src/waf/reconcile.lambda-shared';
import { randomOf } from './entries-random';

const NOW = 1_000_000;
const options = { neverBlock: [] as string[], bounds: DEFAULT_BOUNDS, nowSeconds: NOW, capacity: 10_000 };

function entry(cidr: string, overrides: Partial<Entry> = {}): Entry {
  return {
    cidr,
    source: 'manual',
    list: 'BLOCK',
    reason: 'a reason',
    actor: 'somebody',
    createdAt: '2026-11-24T00:00:00.000Z',
    ...overrides,
  };
}

function setsOf(entries: Entry[], overrides: Partial<typeof options> = {}) {
  const plan = planSets(entries, { ...options, ...overrides });
  const of = (list: string, family: number) =>
    plan.sets.find((set) => set.list === list && set.family === family)?.addresses;
  return { plan, allow4: of('ALLOW', 4), allow6: of('ALLOW', 6), block4: of('BLOCK', 4), block6: of('BLOCK', 6) };
}

test('each entry goes to the set of its list and family', () => {
  const sets = setsOf([
    entry('203.0.113.1/32'),
    entry('2001:db8::/48'),
    entry('203.0.113.2/32', { list: 'ALLOW' }),
    entry('2001:db8:1::/48', { list: 'ALLOW' }),
  ]);
  expect(sets.block4).toEqual(['203.0.113.1/32']);
  expect(sets.block6).toEqual(['2001:db8::/48']);
  expect(sets.allow4).toEqual(['203.0.113.2/32']);
  expect(sets.allow6).toEqual(['2001:db8:1::/48']);
});

test('an empty table empties the sets', () => {
  expect(setsOf([]).plan).toEqual({
    live: 0,
    invalid: 0,
    sets: [
      { list: 'ALLOW', family: 4, addresses: [], cut: 0 },
      { list: 'ALLOW', family: 6, addresses: [], cut: 0 },
      { list: 'BLOCK', family: 4, addresses: [], cut: 0 },
      { list: 'BLOCK', family: 6, addresses: [], cut: 0 },
    ],
  });
});

test('an expired entry is gone at once', () => {
  const entries = [entry('203.0.113.1/32', { expiresAt: NOW }), entry('203.0.113.3/32', { expiresAt: NOW + 1 })];
  expect(setsOf(entries).block4).toEqual(['203.0.113.3/32']);
});

test('an address stays blocked while one of its sources says so', () => {
  const entries = [
    entry('203.0.113.1/32', { source: 'offender:a', expiresAt: NOW }),
    entry('203.0.113.1/32', { source: 'feed:b', expiresAt: NOW + 60 }),
  ];
  expect(setsOf(entries).block4).toEqual(['203.0.113.1/32']);
});

test('an allowed address inside a blocked range stays in both: the web ACL decides by label', () => {
  const sets = setsOf([entry('203.0.113.0/24'), entry('203.0.113.7/32', { list: 'ALLOW' })]);
  expect([sets.block4, sets.allow4]).toEqual([['203.0.113.0/24'], ['203.0.113.7/32']]);
});

test('our own networks are cut out of blocks, but may be allowed', () => {
  const neverBlock = ['203.0.113.128/25'];
  const entries = [entry('203.0.113.0/24'), entry('203.0.113.200/32', { list: 'ALLOW' })];
  const sets = setsOf(entries, { neverBlock });
  expect([sets.block4, sets.allow4]).toEqual([['203.0.113.0/25'], ['203.0.113.200/32']]);
});

test('reserved networks are on neither list', () => {
  const both = ['10.0.0.0/8', '192.168.1.1/32', 'fe80::/32'].flatMap((cidr) => [
    entry(cidr),
    entry(cidr, { list: 'ALLOW', source: 'feed:a' }),
  ]);
  expect(setsOf(both).plan.sets.flatMap(({ addresses }) => addresses)).toEqual([]);
});

test('what is no entry is counted and left out', () => {
  const odd = [
    entry('0.0.0.0/0'),
    entry('20.0.0.0/7'),
    entry('word'),
    entry('203.0.113.1/32', { list: 'X' as 'BLOCK' }),
  ];
  expect(setsOf([...odd, entry('203.0.113.2/32')]).plan).toMatchObject({ live: 1, invalid: 4 });
});

test('what must never be blocked is cut out of every block, whoever wrote it, and is no list of its own', () => {
  const cdn = entry('203.0.113.128/25', { list: 'NEVER_BLOCK', source: 'feed:cloudfront' });
  const sets = setsOf([entry('203.0.113.0/24'), entry('203.0.113.130/32', { source: 'feed:a' }), cdn]);
  expect([sets.block4, sets.allow4]).toEqual([['203.0.113.0/25'], []]);
  expect(setsOf([entry('203.0.113.0/24'), { ...cdn, expiresAt: NOW }]).block4).toEqual(['203.0.113.0/24']);
});

test('bounds are those of the platform', () => {
  const entries = [entry('203.0.112.0/23'), entry('198.51.100.0/24'), entry('2001:db8::/47'), entry('2001:db8:4::/48')];
  const sets = setsOf(entries, { bounds: { ipv4: 24, ipv6: 48 } });
  expect([sets.block4, sets.block6]).toEqual([['198.51.100.0/24'], ['2001:db8:4::/48']]);
  expect(sets.plan).toMatchObject({ live: 2, invalid: 2 });
});

test('everybody cannot be blocked, however it is written: the set of that family keeps what it has', () => {
  const eights = (count: number) =>
    Array.from({ length: count }, (_, i) => entry(`${11 + i}.0.0.0/8`, { source: 'feed:a' }));
  expect(setsOf(eights(12)).plan.sets[2]).not.toHaveProperty('refusal');
  const { sets } = setsOf([...eights(13), entry('2001:db8::/48')]).plan;
  expect(sets[2].refusal).toBe('5.1 percent of all IPv4 addresses would be blocked, more than 5');
  expect(sets[3]).toEqual({ list: 'BLOCK', family: 6, addresses: ['2001:db8::/48'], cut: 0 });
  const allowed = eights(13).map((one): Entry => ({ ...one, list: 'ALLOW' }));
  expect(setsOf(allowed).plan.sets[0]).not.toHaveProperty('refusal');
});

describe('a full set', () => {
  const isolated = (index: number) => `203.0.113.${index * 2}/32`;

  test('holds its capacity without a cut', () => {
    const entries = Array.from({ length: 10 }, (_, i) => entry(isolated(i)));
    const [, , block] = setsOf(entries, { capacity: 10 }).plan.sets;
    expect([block.addresses.length, block.cut]).toEqual([10, 0]);
  });

  test('keeps people, then feeds, then offenders by count', () => {
    const entries = [
      entry(isolated(0), { source: 'offender:a', count: 5 }),
      entry(isolated(1), { source: 'offender:a', count: 50 }),
      entry(isolated(2), { source: 'offender:a', count: 500 }),
      entry(isolated(3), { source: 'feed:a' }),
      entry(isolated(4)),
    ];
    const kept = (capacity: number) => setsOf(entries, { capacity }).plan.sets[2];
    expect(kept(4)).toMatchObject({ cut: 1, addresses: [1, 2, 3, 4].map(isolated) });
    expect(kept(3)).toMatchObject({ cut: 2, addresses: [2, 3, 4].map(isolated) });
    expect(kept(2)).toMatchObject({ cut: 3, addresses: [3, 4].map(isolated) });
    expect(kept(1)).toMatchObject({ cut: 4, addresses: [4].map(isolated) });
  });

  test('merges before it cuts', () => {
    const entries = Array.from({ length: 256 }, (_, i) => entry(`203.0.113.${i}/32`));
    expect(setsOf(entries, { capacity: 1 }).plan.sets[2]).toMatchObject({ cut: 0, addresses: ['203.0.113.0/24'] });
  });

  test('cuts 25,000 offenders to 10,000 and does not fail', () => {
    const entries = Array.from({ length: 25_000 }, (_, i) =>
      entry(`203.${Math.floor(i / 128)}.${(i % 128) * 2}.1/32`, { source: 'offender:a', count: i }),
    );
    const [, , block] = planSets(entries, options).sets;
    expect([block.addresses.length, block.cut]).toEqual([10_000, 15_000]);
    expect(block.addresses).toContain(entries[24_999].cidr);
    expect(block.addresses).not.toContain(entries[14_999].cidr);
  });
});

test('over random entries the sets hold the union without the exceptions, in any order of the table', () => {
  const random = randomOf(8);
  for (let round = 0; round < 60; round++) {
    const entries = Array.from({ length: random(300) }, () => {
      const [address] = [`${11 + random(3)}.${random(4)}.${random(256)}.${random(256)}`];
      const cidr = condense(4, parseNetworks([`${address}/${12 + random(21)}`]))[0];
      return entry(cidr, { source: ['manual', 'feed:a', 'offender:b'][random(3)], expiresAt: NOW - 5 + random(50) });
    });
    const neverBlock = Array.from({ length: random(5) }, () => `11.${random(4)}.${random(256)}.0/${20 + random(5)}`);
    const { block4 } = setsOf(entries, { neverBlock });
    const live = parseNetworks(entries.filter(({ expiresAt }) => (expiresAt ?? 0) > NOW).map(({ cidr }) => cidr));
    const never = parseNetworks(neverBlock);
    expect(block4).toEqual(condense(4, live, never));
    const held = parseNetworks(block4 ?? []);
    expect(held.some((network) => never.some((own) => overlaps(own, network)))).toBe(false);
    expect(setsOf([...entries].reverse(), { neverBlock }).block4).toEqual(block4);
  }
});

test('addresses are compared as networks: WAF writes IPv6 its own way', () => {
  const long = '2001:0db8:0000:0000:0000:0000:0000:0000/32';
  expect(sameAddresses([long], ['2001:db8::/32'])).toBe(true);
  expect(sameAddresses([long], ['2001:db8::/33'])).toBe(false);
  expect(sameAddresses([long, '2001:db9::/32'], ['2001:db8::/32'])).toBe(false);
  expect(sameAddresses([], [])).toBe(true);
  expect(countChanges([long, '2001:db9::/32'], ['2001:db8::/32', '2001:dba::/32', '2001:dbb::/32'])).toEqual({
    added: 2,
    removed: 1,
  });
});

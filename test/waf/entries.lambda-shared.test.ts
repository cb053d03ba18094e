import { buildEntry, canonicalCidr, cleanReason, isLive, parseNetworks } from '../../src/waf/entries.lambda-shared';

test.each([
  ['203.0.113.7', '203.0.113.7/32'],
  ['203.0.113.0/24', '203.0.113.0/24'],
  ['2001:DB8:0::1', '2001:db8::1/128'],
  ['2001:0db8::/32', '2001:db8::/32'],
  ['11.0.0.0/8', '11.0.0.0/8'],
  ['2a00::/16', '2a00::/16'],
])('%s is kept as %s', (text, cidr) => expect(canonicalCidr(text)).toEqual({ cidr }));

test.each([
  ['somewhere', "must be an IPv4 or IPv6 address or CIDR, got 'somewhere'"],
  ['203.0.113.7/24', 'has host bits set; did you mean 203.0.113.0/24 or 203.0.113.7'],
  ['2001:db8::1/64', 'has host bits set; did you mean 2001:db8::/64 or 2001:db8::1'],
  ['0.0.0.0/0', 'must be no wider than /8, got 0.0.0.0/0'],
  ['20.0.0.0/7', 'must be no wider than /8, got 20.0.0.0/7'],
  ['2a00::/15', 'must be no wider than /16, got 2a00::/15'],
  ['10.1.2.3', 'must be public: 10.1.2.3/32 overlaps the reserved network 10.0.0.0/8'],
  ['100.64.0.0/16', 'must be public: 100.64.0.0/16 overlaps the reserved network 100.64.0.0/10'],
  ['192.0.0.0/8', 'must be public: 192.0.0.0/8 overlaps the reserved network 192.0.0.0/24'],
  ['fe80::1', 'must be public: fe80::1/128 overlaps the reserved network fe80::/9'],
  ['::1', 'must be public: ::1/128 overlaps the reserved network ::/8'],
])('%s %s', (text, problem) => expect(canonicalCidr(text)).toEqual({ problem }));

test.each([
  [undefined, true],
  [1_001, true],
  [1_000, false],
  [999, false],
])('at second 1000 an entry that expires at %s lives: %s', (expiresAt, alive) =>
  expect(isLive({ expiresAt }, 1_000)).toBe(alive),
);

test('a reason becomes one printable line of at most 200 characters', () => {
  expect(cleanReason('  scan\r\n{"level":"INFO"}\u2028\u0007 end ')).toBe('scan {"level":"INFO"} end');
  expect(cleanReason('x'.repeat(201))).toBe('x'.repeat(200));
});

test('an item holds what was said and no undefined attribute', () => {
  const entry = { cidr: '203.0.113.7/32', source: 'offender:a', list: 'BLOCK' as const, actor: 'parser' };
  const createdAt = '2026-11-24T00:00:00.000Z';
  expect(buildEntry({ ...entry, reason: 'scan', createdAt })).toStrictEqual({ ...entry, reason: 'scan', createdAt });
  expect(buildEntry({ ...entry, reason: 'scan', createdAt, expiresAt: 10.2, count: 3 })).toStrictEqual({
    ...entry,
    reason: 'scan',
    createdAt,
    expiresAt: 11,
    count: 3,
  });
});

test('a network of the configuration that cannot be read is not passed over', () => {
  expect(() => parseNetworks(['10.0.0.0/8', 'vpc'])).toThrow("'vpc' is neither an IPv4 nor an IPv6 network");
});

import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { Piece } from '../../src/waf/bytes.lambda-shared';
import { HostRules } from '../../src/waf/offence-rules.lambda-shared';
import type { OffenceSpec } from '../../src/waf/offence-spec';
import { type ParsedObject, parseAccessLog, parseWafLog } from '../../src/waf/parse-object.lambda-shared';
import { accessLine, address, TEN, wafLine } from '../support/waf-logs';
import { oddLog } from './odd-logs';
import { referenceParse } from './reference-parser';

const GUARDS = { directHosts: ['*'], chargePointHosts: ['ocpp*'] };
const BLOCKED: OffenceSpec = { kind: 'blocked requests', threshold: 10, windowSeconds: 300, blockSeconds: 3_600 };
const REQUESTS: OffenceSpec = { ...BLOCKED, kind: 'requests' };
const ERRORS: OffenceSpec = { ...BLOCKED, kind: 'client errors', statusCodes: [401, 404] };

/** In pieces as they come from the network. */
function stream(bytes: Buffer, piece = 777): Readable {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    pieces.push(bytes.subarray(at, at + piece));
  }
  return Readable.from(pieces);
}

function flat({ windows }: ParsedObject, offences: readonly OffenceSpec[]): Record<string, number> {
  return Object.fromEntries(
    windows.flatMap(({ offence, start, counts }) =>
      [...counts].map(([client, count]) => [`${offences.indexOf(offence)} ${start} ${client}`, count]),
    ),
  );
}

const waf = async (lines: string[], offences = [BLOCKED], guards = GUARDS) =>
  flat(await parseWafLog(stream(Buffer.from(`${lines.join('\n')}\n`)), offences, guards), offences);
const access = async (lines: string[], offences = [ERRORS], guards = GUARDS) =>
  flat(await parseAccessLog(stream(Buffer.from(`${lines.join('\n')}\n`)), offences, guards), offences);
const attack = { timestamp: TEN + 1, clientIp: '203.0.113.7', action: 'BLOCK', rule: 'AWSManagedRulesSQLiRuleSet' };
const WINDOW = TEN / 1000;

describe('the fast parser finds what a plain one finds', () => {
  const offences: OffenceSpec[] = [
    BLOCKED,
    REQUESTS,
    { ...REQUESTS, windowSeconds: 60, pathPrefixes: ['/api/'] },
    { ...BLOCKED, hosts: ['ocpp.example.com'] },
  ];
  const guards = [
    GUARDS,
    { ...GUARDS, directHosts: ['*.example.com'] },
    { ...GUARDS, directHosts: ['ocpp*', 'api.example.com'] },
  ];

  test.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'in each of 25 odd files, set %d',
    async (set) => {
      let counted = 0;
      for (let seed = set * 25; seed < set * 25 + 25; seed++) {
        // One offence that looks at blocked requests only takes another way through the parser.
        const some = seed % 2 === 0 ? offences : [BLOCKED];
        const bytes = oddLog(seed);
        const expected = referenceParse(bytes, some, guards[seed % 3]);
        const found = await parseWafLog(stream(bytes, 101 + 37 * (seed % 50)), some, guards[seed % 3]);
        expect({ seed, counts: flat(found, some) }).toEqual({ seed, counts: expected.counts });
        expect({ seed, poison: found.poison }).toEqual({ seed, poison: expected.poison });
        counted += Object.keys(expected.counts).length;
      }
      expect(counted).toBeGreaterThan(150);
    },
    30_000,
  );
});

describe('what counts', () => {
  test('a request that a managed rule blocked, in the window of its time', async () => {
    expect(await waf([wafLine(attack), wafLine(attack), wafLine({ ...attack, timestamp: TEN + 300_000 })])).toEqual({
      [`0 ${WINDOW} 203.0.113.7`]: 2,
      [`0 ${WINDOW + 300} 203.0.113.7`]: 1,
    });
  });

  test.each(['BlockedAddresses', 'AllowedAddresses', 'RatePerAddress', 'RatePerStation2'])(
    'not a request that our own rule %s ended, or a block would renew itself for ever',
    async (rule) => expect(await waf([wafLine({ ...attack, rule })], [BLOCKED, REQUESTS])).toEqual({}),
  );

  test('not a request from an allowed address', async () => {
    expect(await waf([wafLine({ ...attack, counted: ['AllowedAddresses'] })])).toEqual({});
  });

  test('an attacker cannot write himself into the allowed addresses', async () => {
    const headers = [
      { name: 'Host', value: 'api.example.com' },
      { name: 'X', value: '{"ruleId":"AllowedAddresses"}' },
      { name: 'ruleId', value: 'AllowedAddresses' },
    ];
    expect(await waf([wafLine({ ...attack, headers, uri: '/"ruleId":"AllowedAddresses"' })])).toEqual({
      [`0 ${WINDOW} 203.0.113.7`]: 1,
    });
  });

  test('not a request to a charge point host, unless the offence names it', async () => {
    const line = wafLine({ ...attack, host: 'ocpp.example.com' });
    expect(await waf([line])).toEqual({});
    expect(await waf([line], [{ ...BLOCKED, hosts: ['ocpp.example.com'] }])).toEqual({
      [`0 ${WINDOW} 203.0.113.7`]: 1,
    });
  });

  test('a regional log full of addresses of CloudFront counts nothing but direct hosts', async () => {
    const throughCdn = Array.from({ length: 500 }, (_, index) =>
      wafLine({ ...attack, clientIp: `130.176.0.${index % 250}` }),
    );
    expect(await waf(throughCdn, [BLOCKED, REQUESTS], { ...GUARDS, directHosts: ['ocpp.example.com'] })).toEqual({});
  });

  test('an IPv6 client is its network of 64 bits', async () => {
    const from = (clientIp: string) => wafLine({ ...attack, clientIp });
    expect(await waf([from('2001:db8:0:1:aaaa::1'), from('2001:DB8:0:1:bbbb:0:0:2'), from('2001:db8:0:2::1')])).toEqual(
      {
        [`0 ${WINDOW} 2001:db8:0:1::/64`]: 2,
        [`0 ${WINDOW} 2001:db8:0:2::/64`]: 1,
      },
    );
  });
});

describe('what a file may look like', () => {
  test('empty', async () => {
    expect(await parseWafLog(stream(Buffer.alloc(0)), [BLOCKED], GUARDS)).toEqual({ lines: 0, poison: 0, windows: [] });
    expect(await parseWafLog(stream(gzipSync('')), [BLOCKED], GUARDS)).toEqual({ lines: 0, poison: 0, windows: [] });
  });

  test('a corrupt or cut gzip is a fault, not an end', async () => {
    const whole = gzipSync(`${wafLine(attack)}\n`.repeat(50));
    await expect(parseWafLog(stream(whole.subarray(0, whole.length - 20)), [BLOCKED], GUARDS)).rejects.toThrow(
      'unexpected end of file',
    );
    const corrupt = Buffer.from(whole);
    corrupt.fill(0xff, 40, 60);
    await expect(parseWafLog(stream(corrupt), [BLOCKED], GUARDS)).rejects.toThrow();
  });

  test('a last line that was cut off behind a brace is no record', async () => {
    const line = wafLine(attack);
    const cut = line.slice(0, line.lastIndexOf('}', line.length - 2) + 1);
    const found = await parseWafLog(stream(Buffer.from(`${line}\n${cut}`)), [BLOCKED], GUARDS);
    expect({ lines: found.lines, poison: found.poison }).toEqual({ lines: 2, poison: 1 });
    expect(flat(found, [BLOCKED])).toEqual({ [`0 ${WINDOW} 203.0.113.7`]: 1 });
  });

  test('one line too long to be a record is passed over and counted, and does not fill the memory', async () => {
    const long = wafLine({ ...attack, uri: `/${'x'.repeat(4 * 1024 * 1024)}` });
    const bytes = Buffer.from(`${long}\n${wafLine(attack)}\n`);
    const found = await parseWafLog(stream(bytes, 65_536), [BLOCKED], GUARDS);
    expect({ lines: found.lines, poison: found.poison }).toEqual({ lines: 2, poison: 1 });
    expect(flat(found, [BLOCKED])).toEqual({ [`0 ${WINDOW} 203.0.113.7`]: 1 });
  });
});

describe('the access log of a load balancer', () => {
  const error = { time: TEN + 1, client: '203.0.113.7', elbStatus: '404' };

  test('counts errors that a service answered', async () => {
    expect(
      await access([
        accessLine(error),
        accessLine({ ...error, elbStatus: '200' }),
        accessLine({ ...error, elbStatus: '403' }),
      ]),
    ).toEqual({
      [`0 ${WINDOW} 203.0.113.7`]: 1,
    });
  });

  test('does not count what the web ACL or the load balancer answered', async () => {
    expect(await access([accessLine({ ...error, targetStatus: '-', actions: 'waf' })])).toEqual({});
  });

  test('is not confused by blanks and quotes in what clients send', async () => {
    const nasty = [
      accessLine({ ...error, userAgent: 'a b 404 404 "quoted" c' }),
      accessLine({ ...error, path: '/a"b/404 c' }),
      accessLine({ ...error, client: '2001:db8:0:1::5' }),
    ];
    expect(await access(nasty)).toEqual({ [`0 ${WINDOW} 203.0.113.7`]: 2, [`0 ${WINDOW} 2001:db8:0:1::/64`]: 1 });
  });

  test('counts paths and hosts as asked, and charge points only when named', async () => {
    const lines = [
      accessLine({ ...error, path: '/login' }),
      accessLine({ ...error, host: 'ocpp.example.com', path: '/login' }),
      accessLine(error),
    ];
    expect(await access(lines, [{ ...ERRORS, pathPrefixes: ['/login'] }])).toEqual({ [`0 ${WINDOW} 203.0.113.7`]: 1 });
    expect(await access(lines, [{ ...ERRORS, hosts: ['ocpp*'] }])).toEqual({ [`0 ${WINDOW} 203.0.113.7`]: 1 });
  });

  test('passes over lines that are none, and counts them', async () => {
    const bytes = Buffer.from(`nonsense\n\n${accessLine(error)}\nhttps 404 x\n`);
    expect(await parseAccessLog(stream(bytes), [ERRORS], GUARDS)).toMatchObject({ lines: 3, poison: 2 });
  });
});

test('100,000 addresses and 10,001 of them offenders in one file: none is lost', async () => {
  const [before, after] = wafLine(attack).split(attack.clientIp);
  function* pieces(): Generator<Buffer> {
    for (let index = 0; index < 100_000; index++) {
      yield Buffer.from(`${before}${address(index)}${after}\n`.repeat(index < 10_001 ? 10 : 1));
    }
  }
  const { windows } = await parseWafLog(Readable.from(pieces()), [BLOCKED], GUARDS);
  expect(windows[0].counts.size).toBe(100_000);
  expect([...windows[0].counts.values()].filter((count) => count >= 10)).toHaveLength(10_001);
}, 30_000);

test('of the hosts that attackers invent, the first few are remembered only', () => {
  const rules = new HostRules([BLOCKED], GUARDS, '"'.charCodeAt(0));
  const find = (index: number) => {
    const text = Buffer.from(`host${index}.example.com"`);
    return rules.at(new Piece(text), 0, text.length);
  };
  const first = Array.from({ length: 16 }, (_, index) => find(index));
  expect(first.map((_, index) => find(index))).toEqual(first);
  expect(find(15)).toBe(first[15]);
  expect(find(16)).not.toBe(find(16));
});

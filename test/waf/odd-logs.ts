import { gzipSync } from 'node:zlib';
import { Random } from '../support/random';
import { address, TEN, wafLine, wafRecord } from '../support/waf-logs';

const NASTY = [
  '"clientIp":"6.6.6.6"',
  '{"timestamp":1,"httpRequest":{"clientIp":"6.6.6.6"}}',
  '\\"clientIp\\":\\"6.6.6.6\\"',
  'quote " backslash \\ end\\',
  '}{"timestamp":',
  '"action":"BLOCK","terminatingRuleId":"x"',
  '{"ruleId":"AllowedAddresses","action":"COUNT"}',
  'x","ruleId":"AllowedAddresses"',
  'ñandú 充电桩 🔌 \u2028',
  'tab\there, newline\nthere, null \u0000',
  '../../etc/passwd',
  '"uri":"/admin',
  '{"name":"Host","value":"ocpp.example.com"}',
];

/** A log of a few hundred records with what makes parsers stumble, the same for the same seed. */
export function oddLog(seed: number): Buffer {
  const random = new Random(seed);
  const lines = Array.from({ length: random.below(120) }, () => oddLine(random));
  const end = random.chance(0.15) ? '\r\n' : '\n';
  let text = lines.join(end);
  if (lines.length > 0 && random.chance(0.7)) {
    text += end;
  }
  if (random.chance(0.2)) {
    text += wafLine(request(random)).slice(0, random.below(700));
  }
  return packed(Buffer.from(text), random);
}

function oddLine(random: Random): string {
  const kind = random.below(20);
  const record: Record<string, unknown> = { ...wafRecord(request(random)) };
  switch (kind) {
    case 0:
      return random.pick(['', ' ', 'not json', '{"timestamp":', '{}', 'null', '[]', '42', '"text"', '{"timestamp":5}']);
    case 1:
      delete record[random.pick(['terminatingRuleId', 'action', 'labels', 'terminatingRuleType', 'httpRequest'])];
      return JSON.stringify(record);
    case 2:
      return JSON.stringify(Object.fromEntries(Object.entries(record).reverse()));
    case 3:
      return `${wafLine(request(random))}${wafLine(request(random))}`;
    case 4:
      return JSON.stringify(record, undefined, 1).replaceAll('\n', '');
    case 5:
      return wafLine({ ...request(random), uri: `/${'long/'.repeat(random.below(3_000))}` });
    case 6:
      return wafLine({ ...request(random), headers: [] });
    case 7:
      return wafLine({ ...request(random), headers: [{ name: 'HOST', value: 'API.example.com:443' }] });
    default:
      return JSON.stringify(record);
  }
}

function request(random: Random) {
  const action = random.pick(['ALLOW', 'BLOCK', 'BLOCK', 'COUNT', 'CAPTCHA', 'CHALLENGE']);
  const host = random.pick([
    'api.example.com',
    'api.example.com:443',
    'OCPI.example.com',
    'ocpp.example.com',
    'x"y',
    '',
  ]);
  const nasty = () => (random.chance(0.3) ? random.pick(NASTY) : 'plain');
  return {
    timestamp: TEN + random.below(900_000),
    clientIp: random.pick([
      address(random.below(8)),
      address(random.below(8)),
      `2001:db8:0:${random.below(3)}:${random.below(9)}::${random.below(9)}`,
      `2001:0DB8:0000:000${random.below(3)}:0000:0000:0000:000${random.below(9)}`,
      'X.X.X.X',
    ]),
    action,
    rule: random.pick([
      'Default_Action',
      'AWSManagedRulesSQLiRuleSet',
      'BlockedAddresses',
      // As long as the one above, so that records differ in nothing but these letters.
      'UnlockedEntrance',
      'RatePerAddress',
      'Other"Rule\\',
    ]),
    headers: [
      { name: random.pick(['X-Before', 'Cookie']), value: nasty() },
      { name: random.pick(['Host', 'host']), value: host },
      { name: 'User-Agent', value: nasty() },
    ],
    uri: random.pick(['/api/v1', '/login', '/', `/api/${nasty()}`]),
    labels: random.pick([[], ['awswaf:managed:aws:sql-database:SQLi_Body']]),
    counted: random.pick([
      [],
      [],
      ['AllowedAddresses'],
      ['AlleviateAddress'],
      ['AllowedAddressesNot'],
      ['Other', 'AllowedAddresses'],
    ]),
  };
}

/** Plain, gzip, or gzip of several members, which is how tools append to a gzip file. */
function packed(bytes: Buffer, random: Random): Buffer {
  switch (random.below(3)) {
    case 0:
      return bytes;
    case 1:
      return gzipSync(bytes);
    default: {
      const cut = random.below(bytes.length + 1);
      return Buffer.concat([gzipSync(bytes.subarray(0, cut)), gzipSync(bytes.subarray(cut))]);
    }
  }
}

import { Duration } from 'aws-cdk-lib';
import { ManagedRuleGroup, RuleAction } from '../../src/waf/managed-rule-group';
import { PlatformWebAcl, type PlatformWebAclProps } from '../../src/waf/platform-web-acl';
import { RateLimit } from '../../src/waf/rate-limit';
import { newStack } from '../support/stacks';
import { type SetContents, type TestRequest, WafEvaluator } from './waf-evaluator';

const waf = (props: PlatformWebAclProps = {}, sets: SetContents = {}) =>
  new WafEvaluator(new PlatformWebAcl(newStack(), 'WebAcl', props), sets);

const STATION = { host: 'ocpp.example.com', path: '/ocpp/CP-00042', ip: '31.4.240.7' };
const UPGRADE = { upgrade: 'websocket', 'sec-websocket-protocol': 'ocpp1.6' };
const PARTNER = {
  host: 'ocpi.example.com',
  ip: '52.17.3.9',
  headers: { authorization: 'Token abc', 'user-agent': 'x' },
};
const BROWSER = { host: 'backoffice.example.com', headers: { 'user-agent': 'Mozilla/5.0' }, ip: '83.45.1.2' };

/** What real clients send. `before` is what AWS's groups alone, all blocking, would have done. */
const TRAFFIC: [string, TestRequest, string, string][] = [
  ['OCPP 1.6 over WebSocket, no User-Agent (most stations)', { ...STATION, headers: UPGRADE }, 'NoUserAgent', 'ALLOW'],
  [
    'OCPP 2.0.1 with basic authentication',
    { ...STATION, headers: { ...UPGRADE, authorization: 'Basic eA==' } },
    'NoUserAgent',
    'ALLOW',
  ],
  [
    'OCPP on the mutual TLS port',
    { ...STATION, host: 'ocpp-secure.example.com:8443', headers: UPGRADE },
    'NoUserAgent',
    'ALLOW',
  ],
  [
    'station whose SIM leaves in a cloud',
    { ...STATION, ip: '34.80.1.1', headers: { ...UPGRADE, 'user-agent': 'EVSE' } },
    'Hosting',
    'ALLOW',
  ],
  ['station with a User-Agent', { ...STATION, headers: { ...UPGRADE, 'user-agent': 'EVSE/1.6J' } }, 'ALLOW', 'ALLOW'],
  [
    'OCPI: PUT of a location, 30 KB',
    { ...PARTNER, ip: '83.1.1.1', method: 'PUT', path: '/ocpi/2.2.1/locations/ES/ABC/1', body: 30_000 },
    'Size',
    'ALLOW',
  ],
  [
    'OCPI: POST of a charge detail record, 9 KB, from a cloud',
    { ...PARTNER, method: 'POST', path: '/ocpi/2.2.1/cdrs', body: 9_000 },
    'Hosting',
    'ALLOW',
  ],
  [
    'OCPI: START_SESSION with response_url',
    { ...PARTNER, ip: '83.1.1.1', method: 'POST', bodyText: '{"response_url":"https://emsp.example.com/r/1"}' },
    'GenericRFI',
    'ALLOW',
  ],
  [
    'OCPI: GET of tariffs, no User-Agent',
    { ...PARTNER, ip: '83.1.1.1', headers: { authorization: 'Token abc' } },
    'NoUserAgent',
    'ALLOW',
  ],
  ['Back Office in a browser', BROWSER, 'ALLOW', 'ALLOW'],
  ['Back Office without User-Agent', { ...BROWSER, headers: {} }, 'NoUserAgent', 'BLOCK'],
  ['Back Office from a cloud', { ...BROWSER, ip: '52.1.1.1' }, 'Hosting', 'BLOCK'],
  ['Back Office with 20 KB posted', { ...BROWSER, body: 20_000 }, 'Size', 'BLOCK'],
  [
    'attack on the OCPP host: path traversal',
    { ...STATION, path: '/ocpp/../../etc/passwd', headers: UPGRADE },
    'NoUserAgent',
    'BLOCK',
  ],
  [
    'attack on the OCPP host: Log4Shell',
    { ...STATION, headers: { ...UPGRADE, 'user-agent': `${'$'}{jndi:ldap://x}` } },
    'BLOCK',
    'BLOCK',
  ],
  ['attack on the OCPI host: SQL injection', { ...PARTNER, query: "id=1' OR 1=1--" }, 'Hosting', 'BLOCK'],
];

describe('requests of OCPP and OCPI clients, people and attackers', () => {
  const evaluator = waf();
  /** The same groups as a user would write them who knows nothing of charging. */
  const plain = waf({ chargePointHosts: [], partnerHosts: [] });

  test.each(TRAFFIC)('%s', (_, request, before, after) => {
    expect(evaluator.evaluate(request).action).toBe(after);
    expect(plain.evaluate(request).action).toBe(before === 'ALLOW' ? 'ALLOW' : 'BLOCK');
  });

  test('what would have been blocked is counted by name', () => {
    expect(evaluator.evaluate({ ...STATION, headers: UPGRADE }).counted).toEqual(['NoUserAgent_HEADER']);
  });
});

describe('lists', () => {
  const sets = { BlockIpv4: ['203.0.113.0/24'], BlockIpv6: ['2001:db8::/48'], AllowIpv4: ['203.0.113.7/32'] };
  const evaluator = waf({}, sets);
  const from = (ip: string) => ({ ...BROWSER, ip });

  test.each([
    ['203.0.113.8', 'BlockedAddresses'],
    ['2001:db8::5', 'BlockedAddresses'],
    ['203.0.113.7', 'Default_Action'],
    ['203.0.114.1', 'Default_Action'],
  ])('%s ends at %s', (ip, rule) => expect(evaluator.evaluate(from(ip)).rule).toBe(rule));

  test('an allowed address still meets the rules against injection, unless bypass is asked for', () => {
    const attack = { ...from('203.0.113.7'), query: "id=1' or 1=1" };
    expect(evaluator.evaluate(attack)).toMatchObject({ action: 'BLOCK', rule: 'AWSManagedRulesSQLiRuleSet' });
    expect(waf({ allowListBypass: true }, sets).evaluate(attack)).toMatchObject({
      action: 'ALLOW',
      rule: 'AllowedAddresses',
    });
  });
});

describe('rate limits', () => {
  const flood = (evaluator: WafEvaluator, request: TestRequest, count: number) =>
    Array.from({ length: count }, () => evaluator.evaluate(request)).filter(({ action }) => action === 'BLOCK');

  test('by address hold for people and leave a mobile network full of stations alone', () => {
    const evaluator = waf();
    expect(flood(evaluator, { ...BROWSER, at: 1 }, 2_010)).toHaveLength(10);
    expect(evaluator.evaluate({ ...BROWSER, at: 1 })).toMatchObject({ rule: 'RatePerAddress', status: 429 });
    expect(evaluator.evaluate({ ...BROWSER, at: 302 }).action).toBe('ALLOW');
    expect(flood(evaluator, { ...STATION, headers: UPGRADE }, 3_000)).toHaveLength(0);
    expect(flood(evaluator, PARTNER, 3_000)).toHaveLength(0);
  });

  test('by station stop one that connects again and again, not its neighbours behind the same address', () => {
    const evaluator = waf({ rateLimits: [RateLimit.perStation({ limit: 20, window: Duration.minutes(1) })] });
    expect(flood(evaluator, { ...STATION, headers: UPGRADE }, 25)).toHaveLength(5);
    expect(evaluator.evaluate({ ...STATION, path: '/ocpp/CP-00043', headers: UPGRADE }).action).toBe('ALLOW');
  });

  test('by header know a partner whatever address it comes from', () => {
    const evaluator = waf({ rateLimits: [RateLimit.perHeader('Authorization', { limit: 10 })] });
    expect(flood(evaluator, PARTNER, 10)).toHaveLength(0);
    expect(evaluator.evaluate({ ...PARTNER, ip: '83.1.1.1' })).toMatchObject({
      rule: 'RatePerAuthorization',
      status: 429,
    });
    expect(
      evaluator.evaluate({ ...PARTNER, headers: { authorization: 'Token other', 'user-agent': 'x' } }).action,
    ).toBe('ALLOW');
  });

  test('can be kept to hosts and paths, several of a kind, and only count', () => {
    const login = { hosts: ['api.example.com'], pathPrefix: '/login', limit: 10 };
    const evaluator = waf({
      rateLimits: [RateLimit.perAddress(login), RateLimit.perAddress({ limit: 10, action: RuleAction.COUNT })],
    });
    const request = { ip: '83.45.1.2', host: 'api.example.com:443', path: '/login', headers: { 'user-agent': 'x' } };
    expect(flood(evaluator, { ...request, path: '/other' }, 20)).toHaveLength(0);
    expect(flood(evaluator, request, 12)).toHaveLength(2);
    expect(evaluator.evaluate({ ...request, path: '/other' }).counted).toEqual(['RatePerAddress2']);
  });
});

describe('managed groups', () => {
  test('count first, then block, by one word', () => {
    const group = (action: RuleAction) => waf({ managedRules: [ManagedRuleGroup.commonRuleSet({ action })] });
    const attack = { ...BROWSER, headers: {}, path: '/../x' };
    expect(group(RuleAction.COUNT).evaluate(attack)).toMatchObject({
      action: 'ALLOW',
      counted: ['NoUserAgent_HEADER', 'GenericLFI_URIPATH'],
    });
    expect(group(RuleAction.BLOCK).evaluate(attack).action).toBe('BLOCK');
  });

  test('an action for a single rule wins over what the library does for machines', () => {
    const own = (action: RuleAction) =>
      waf({ managedRules: [ManagedRuleGroup.commonRuleSet({ ruleActions: { NoUserAgent_HEADER: action } })] });
    expect(own(RuleAction.COUNT).evaluate({ ...BROWSER, headers: {} }).action).toBe('ALLOW');
    expect(own(RuleAction.BLOCK).evaluate({ ...STATION, headers: UPGRADE }).action).toBe('BLOCK');
  });

  test('can be kept to hosts and paths', () => {
    const evaluator = waf({
      managedRules: [ManagedRuleGroup.knownBadInputs({ hosts: ['*.example.com'], pathPrefixes: ['/api'] })],
    });
    const attack = { ...BROWSER, headers: { 'user-agent': `${'$'}{jndi:x` } };
    expect(evaluator.evaluate({ ...attack, path: '/api/1' }).action).toBe('BLOCK');
    expect(evaluator.evaluate({ ...attack, path: '/other' }).action).toBe('ALLOW');
    expect(evaluator.evaluate({ ...attack, path: '/api/1', host: 'other.org' }).action).toBe('ALLOW');
  });
});

import type { Entry } from '../../src/waf/entries';
import { type ApiRequest, callerOf, readRequest, verdictOf } from '../../src/waf/entry-api-request.lambda-shared';

const NOW_MS = Date.UTC(2026, 10, 24);
const CALLER = 'arn:aws:sts::111122223333:assumed-role/Operator/ana';
const good = { list: 'BLOCK', reason: 'Credential stuffing, ticket 4711', expiresInHours: 24 };

function request(httpMethod: string, path: string, body: unknown = good, userArn: string | null = CALLER): ApiRequest {
  const [address, prefix] = path.split('/');
  return {
    httpMethod,
    pathParameters: { address, prefix },
    queryStringParameters: null,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    requestContext: { requestId: 'r-1', identity: { userArn } },
  };
}
const put = (path: string, body?: unknown) => readRequest(request('PUT', path, body), ['198.51.100.0/24'], NOW_MS);
const get = (address?: string) =>
  readRequest(
    {
      ...request('GET', ''),
      pathParameters: null,
      queryStringParameters: address === undefined ? null : { address },
    },
    [],
    NOW_MS,
  );

test('PUT is an entry of the caller with an end', () => {
  expect(put('203.0.113.0/24')).toEqual({
    kind: 'put',
    entry: {
      cidr: '203.0.113.0/24',
      source: 'manual',
      list: 'BLOCK',
      reason: 'Credential stuffing, ticket 4711',
      actor: CALLER,
      createdAt: '2026-11-24T00:00:00.000Z',
      expiresAt: NOW_MS / 1000 + 86_400,
    },
  });
});

test('GET and DELETE of a network name it in canonical form', () => {
  expect(readRequest(request('GET', '2001:DB8:0::/32'), [], NOW_MS)).toEqual({ kind: 'show', cidr: '2001:db8::/32' });
  expect(readRequest(request('DELETE', '203.0.113.7/32'), [], NOW_MS)).toEqual({
    kind: 'remove',
    cidr: '203.0.113.7/32',
  });
});

test('GET of an address asks for every network around it', () => {
  expect(get('203.0.113.7')).toMatchObject({ kind: 'explain', address: '203.0.113.7/32' });
  const { cidrs } = get('203.0.113.7') as { cidrs: string[] };
  expect([cidrs.length, cidrs[0], cidrs[24]]).toEqual([25, '203.0.113.7/32', '203.0.0.0/8']);
  const ipv6 = get('2001:db8::1') as { cidrs: string[] };
  expect([ipv6.cidrs.length, ipv6.cidrs[112]]).toEqual([113, '2001::/16']);
});

test.each([undefined, '', 'everything'])('GET of %s is refused', (address) =>
  expect(get(address)).toEqual({ problem: "the query needs 'address', an IPv4 or IPv6 address or CIDR" }),
);

test.each([
  ['203.0.113.7/24', 'the address has host bits set; did you mean 203.0.113.0/24 or 203.0.113.7'],
  ['0.0.0.0/0', 'the address must be no wider than /8, got 0.0.0.0/0'],
  ['20.0.0.0/7', 'the address must be no wider than /8, got 20.0.0.0/7'],
  ['10.0.0.1/32', 'the address must be public: 10.0.0.1/32 overlaps the reserved network 10.0.0.0/8'],
  ['%2e%2e/32', "the address must be an IPv4 or IPv6 address or CIDR, got '%2e%2e/32'"],
  ['198.51.100.7/32', '198.51.100.7/32 overlaps 198.51.100.0/24, which is never blocked'],
  ['198.51.0.0/16', '198.51.0.0/16 overlaps 198.51.100.0/24, which is never blocked'],
])('PUT of %s is refused', (path, problem) => expect(put(path)).toEqual({ problem }));

test('our own networks may be allowed', () => {
  expect(put('198.51.100.7/32', { ...good, list: 'ALLOW' })).toMatchObject({ kind: 'put' });
});

const REASON = "the body needs 'reason', one printable line of 3 to 200 characters";
const HOURS = "the body needs 'expiresInHours', a whole number from 1 to 87600";
const LIST = "the body needs 'list', ALLOW or BLOCK";

test.each([
  ['no JSON', '{', LIST],
  ['nothing', '', LIST],
  ['null', 'null', LIST],
  ['an unknown list', { ...good, list: 'DENY' }, LIST],
  ['a list in lower case', { ...good, list: 'block' }, LIST],
  ['no reason', { ...good, reason: undefined }, REASON],
  ['a reason of 2', { ...good, reason: 'ab' }, REASON],
  ['a reason of 201', { ...good, reason: 'x'.repeat(201) }, REASON],
  ['a reason of two lines', { ...good, reason: 'one\ntwo' }, REASON],
  ['markup', { ...good, reason: '<script>alert(1)</script>' }, REASON],
  ['a line separator', { ...good, reason: 'one\u2028two' }, REASON],
  ['0 hours', { ...good, expiresInHours: 0 }, HOURS],
  ['half an hour', { ...good, expiresInHours: 0.5 }, HOURS],
  ['87601 hours', { ...good, expiresInHours: 87_601 }, HOURS],
  ['hours as text', { ...good, expiresInHours: '24' }, HOURS],
  ['no end', { ...good, expiresInHours: undefined }, HOURS],
])('a body with %s is refused', (_, body, problem) => expect(put('203.0.113.7/32', body)).toEqual({ problem }));

test.each([
  { ...good, reason: 'abc' },
  { ...good, reason: 'ñ'.repeat(200) },
  { ...good, expiresInHours: 1 },
  { ...good, expiresInHours: 87_600 },
])('%j is accepted', (body) => expect(put('203.0.113.7/32', body)).toMatchObject({ kind: 'put' }));

test('a call without a caller means that the API was left open', () => {
  expect(callerOf(request('GET', '203.0.113.7/32'))).toBe(CALLER);
  expect(() => callerOf(request('GET', '203.0.113.7/32', good, null))).toThrow(
    'the request has no caller; the API must authorise with IAM',
  );
});

test.each([
  [[], 'NONE'],
  [['BLOCK'], 'BLOCK'],
  [['BLOCK', 'ALLOW'], 'ALLOW'],
  [['ALLOW'], 'ALLOW'],
] as [Entry['list'][], string][])('entries on %j give the verdict %s', (lists, verdict) => {
  const live = lists.map((list) => ({ list, expiresAt: 11 }) as Entry);
  expect(verdictOf([...live, { list: 'ALLOW', expiresAt: 10 } as Entry], 10)).toBe(verdict);
});

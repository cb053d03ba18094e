import { DEFAULT_BOUNDS } from '../../src/waf/entries';
import { pageToken } from '../../src/waf/entry-api-page.lambda-shared';
import { type ApiRequest, callerOf, readRequest } from '../../src/waf/entry-api-request.lambda-shared';

const NOW_MS = Date.UTC(2026, 10, 24);
const CALLER = 'arn:aws:sts::111122223333:assumed-role/Operator/ana';
const good = { list: 'BLOCK', reason: 'Credential stuffing, ticket 4711', expiresInHours: 24 };
const settings = { neverBlock: ['198.51.100.0/24'], bounds: DEFAULT_BOUNDS };

function request(httpMethod: string, path: string, body: unknown = good, userArn: string | null = CALLER): ApiRequest {
  const [address, prefix] = path.split('/');
  return {
    httpMethod,
    resource: '/entries/{address}/{prefix}',
    pathParameters: { address, prefix },
    queryStringParameters: null,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    requestContext: { requestId: 'r-1', identity: { userArn } },
  };
}
const put = (path: string, body?: unknown) => readRequest(request('PUT', path, body), settings, NOW_MS);
const query = (resource: string, queryStringParameters: Record<string, string> | null) =>
  readRequest({ ...request('GET', ''), resource, pathParameters: null, queryStringParameters }, settings, NOW_MS);
const explain = (address?: string) => query('/explanation', address === undefined ? null : { address });
const list = (parameters: Record<string, string> = {}) => query('/entries', parameters);

test('PUT is an entry of the caller with an end', () => {
  expect(put('203.0.113.0/24')).toMatchObject({
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
  const cidr = '2001:db8::/32';
  expect(readRequest(request('GET', '2001:DB8:0::/32'), settings, NOW_MS)).toEqual({ kind: 'show', cidr });
  expect(readRequest(request('GET', '2001%3Adb8%3A%3A/32'), settings, NOW_MS)).toEqual({ kind: 'show', cidr });
  expect(readRequest(request('GET', '2001-db8--/32'), settings, NOW_MS)).toEqual({ kind: 'show', cidr });
  expect(readRequest(request('DELETE', '203.0.113.7/32'), settings, NOW_MS)).toEqual({
    kind: 'remove',
    cidr: '203.0.113.7/32',
  });
});

test('an explanation asks for every network around the address', () => {
  expect(explain('203.0.113.7')).toMatchObject({ kind: 'explain', address: '203.0.113.7/32' });
  const { cidrs } = explain('203.0.113.7') as { cidrs: string[] };
  expect([cidrs.length, cidrs[0], cidrs[24]]).toEqual([25, '203.0.113.7/32', '203.0.0.0/8']);
  const ipv6 = explain('2001:db8::1') as { cidrs: string[] };
  expect(explain('2001-db8--1')).toEqual(ipv6);
  expect([ipv6.cidrs.length, ipv6.cidrs[112]]).toEqual([113, '2001::/16']);
  expect(explain('198.51.100.7')).toMatchObject({ own: '198.51.100.0/24' });
});

test.each([undefined, '', 'everything'])('an explanation of %s is refused', (address) =>
  expect(explain(address)).toEqual({
    status: 400,
    problem: "the query needs 'address', an IPv4 or IPv6 address or CIDR",
  }),
);

test('a list is of everything, page by page, unless a filter is given', () => {
  expect(list()).toEqual({ kind: 'list', source: '', limit: 100 });
  const key = { cidr: '203.0.113.7/32', source: 'feed:a' };
  expect(list({ list: 'BLOCK', source: 'feed:', limit: '500', next: pageToken(key) })).toEqual({
    kind: 'list',
    list: 'BLOCK',
    source: 'feed:',
    limit: 500,
    after: key,
  });
});

const LIMIT = "'limit' must be a whole number from 1 to 500, got";
const NEXT = "'next' must be what the page before said";
test.each([
  [{ list: 'DENY' }, "'list' must be ALLOW, BLOCK or NEVER_BLOCK, got 'DENY'"],
  [{ limit: '0' }, `${LIMIT} '0'`],
  [{ limit: '501' }, `${LIMIT} '501'`],
  [{ limit: '1e9' }, `${LIMIT} '1e9'`],
  [{ next: '' }, NEXT],
  [{ next: 'x' }, NEXT],
  [{ next: Buffer.from('["a"]').toString('base64url') }, NEXT],
  [{ next: Buffer.from('[{"S":"a"},"b"]').toString('base64url') }, NEXT],
  [{ next: Buffer.from('["a","b","c"]').toString('base64url') }, NEXT],
  [{ next: Buffer.from('null').toString('base64url') }, NEXT],
])('a list of %j is refused', (parameters, problem) =>
  expect(list(parameters as unknown as Record<string, string>)).toEqual({ status: 400, problem }),
);

test.each([
  ['203.0.113.7/24', 'the address has host bits set; did you mean 203.0.113.0/24 or 203.0.113.7'],
  ['10.0.0.1/32', 'the address must be public: 10.0.0.1/32 overlaps the reserved network 10.0.0.0/8'],
  ['%2e%2e/32', "the address must be an IPv4 or IPv6 address or CIDR, got '../32'"],
  ['%/32', "the address must be an IPv4 or IPv6 address or CIDR, got '%/32'"],
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((prefix) => [
    `0.0.0.0/${prefix}`,
    `the address must be no wider than /8, got 0.0.0.0/${prefix}`,
  ]),
  ['2000::/15', 'the address must be no wider than /16, got 2000::/15'],
])('PUT of %s is refused', (path, problem) => expect(put(path)).toEqual({ status: 400, problem }));

test('the bounds are the settings', () => {
  const narrow = { ...settings, bounds: { ipv4: 24, ipv6: 48 } };
  expect(readRequest(request('PUT', '203.0.112.0/23'), narrow, NOW_MS)).toEqual({
    status: 400,
    problem: 'the address must be no wider than /24, got 203.0.112.0/23',
  });
  expect(readRequest(request('PUT', '203.0.113.0/24'), narrow, NOW_MS)).toMatchObject({ kind: 'put' });
  expect(put('11.0.0.0/8')).toMatchObject({ kind: 'put' });
  expect(put('2a00::/16')).toMatchObject({ kind: 'put' });
});

test.each(['198.51.100.7/32', '198.51.0.0/16'])('our own egress cannot be blocked, nor %s around or in it', (cidr) => {
  expect(put(cidr)).toEqual({
    status: 409,
    problem: `${cidr} overlaps 198.51.100.0/24, which is never blocked`,
  });
  expect(put(cidr, { ...good, list: 'ALLOW' })).toMatchObject({ kind: 'put' });
});

const REASON = "the body needs 'reason', one printable line of 3 to 200 characters without '<' and '>'";
const HOURS = "the body needs 'expiresInHours', a whole number from 1 to 87600";
const LIST = "the body needs 'list', ALLOW or BLOCK";

test.each([
  ['no JSON', '{', LIST],
  ['nothing', '', LIST],
  ['null', 'null', LIST],
  ['an array', '["BLOCK"]', LIST],
  ['an unknown list', { ...good, list: 'DENY' }, LIST],
  ['the list that only feeds fill', { ...good, list: 'NEVER_BLOCK' }, LIST],
  ['a list in lower case', { ...good, list: 'block' }, LIST],
  ['a list by way of the prototype', '{"__proto__":{"list":"BLOCK","reason":"abc","expiresInHours":1}}', LIST],
  ['no reason', { ...good, reason: undefined }, REASON],
  ['a reason of 2', { ...good, reason: 'ab' }, REASON],
  ['a reason of 201', { ...good, reason: 'x'.repeat(201) }, REASON],
  ['a reason of two lines', { ...good, reason: 'one\ntwo' }, REASON],
  ['a forged line of the log', { ...good, reason: 'x"}\r\n{"message":"audit","actor":"somebody else"' }, REASON],
  ['colours of a terminal', { ...good, reason: '\u001b[31mred' }, REASON],
  ['markup', { ...good, reason: '<script>alert(1)</script>' }, REASON],
  ['a line separator', { ...good, reason: 'one\u2028two' }, REASON],
  ['a reason that is an object', { ...good, reason: { S: 'abc' } }, REASON],
  ['0 hours', { ...good, expiresInHours: 0 }, HOURS],
  ['half an hour', { ...good, expiresInHours: 0.5 }, HOURS],
  ['87601 hours', { ...good, expiresInHours: 87_601 }, HOURS],
  ['hours as text', { ...good, expiresInHours: '24' }, HOURS],
  ['no end', { ...good, expiresInHours: undefined }, HOURS],
])('a body with %s is refused', (_, body, problem) =>
  expect(put('203.0.113.7/32', body)).toEqual({ status: 400, problem }),
);

test.each([4_097, 1024 * 1024])('a body of %d bytes is refused unread', (bytes) => {
  const problem = 'the body must be at most 4096 bytes';
  expect(put('203.0.113.7/32', ' '.repeat(bytes))).toEqual({ status: 413, problem });
});

test.each([
  { ...good, reason: 'abc' },
  { ...good, reason: 'ñ'.repeat(200) },
  { ...good, reason: `'; DROP TABLE entries; -- " $(id) {{7*7}}` },
  { ...good, expiresInHours: 1 },
  { ...good, expiresInHours: 87_600 },
])('%j is accepted', (body) => expect(put('203.0.113.7/32', body)).toMatchObject({ kind: 'put' }));

test.each([
  ['POST', '/entries/{address}/{prefix}'],
  ['PATCH', '/entries/{address}/{prefix}'],
  ['DELETE', '/entries'],
  ['GET', '/'],
])('%s of %s is no operation', (method, resource) =>
  expect(readRequest({ ...request(method, '203.0.113.7/32'), resource }, settings, NOW_MS)).toEqual({
    status: 405,
    problem: `there is no ${method} of ${resource}`,
  }),
);

test('a call without a caller is refused, whatever it asks for', () => {
  expect(callerOf(request('GET', '203.0.113.7/32'))).toBe(CALLER);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    expect(readRequest(request(method, '203.0.113.7/32', good, null), settings, NOW_MS)).toEqual({
      status: 403,
      problem: 'the request has no caller: sign it with IAM credentials',
    });
  }
});

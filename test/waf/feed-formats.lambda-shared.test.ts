import { wordOfLine, wordsOfDocument, wordsOfJsonLine } from '../../src/waf/feed-formats.lambda-shared';

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['  203.0.113.0/24 ; SBL1 ', '203.0.113.0/24'],
  ['203.0.113.0/24#comment', '203.0.113.0/24'],
  ['203.0.113.7\tlast seen today\r', '203.0.113.7'],
  ['\ufeff203.0.113.7', '203.0.113.7'],
  ['# comment', ''],
  [' ', ''],
  ['', ''],
])('the line %j holds %j', (line, word) => expect(wordOfLine(line)).toBe(word));

test.each([
  ['{"cidr":"203.0.113.0/24","sblid":"SBL1"}', ['203.0.113.0/24']],
  ['{"type":"metadata"}', []],
  ['{"cidr":7}', [undefined]],
  ['[]', [undefined]],
  ['null', [undefined]],
  ['{', [undefined]],
  [' ', []],
])('the line of JSON %j holds %j', (line, words) => expect(wordsOfJsonLine(line, 'cidr')).toEqual(words));

const json = (document: unknown, pointer?: string, field?: string) =>
  wordsOfDocument(document, { format: 'JSON', pointer, field });

test('a document: the array itself, or at a pointer; addresses, or objects that hold them', () => {
  expect(json(['203.0.113.7', 7, null])).toEqual(['203.0.113.7', undefined, undefined]);
  expect(json({ data: { ips: ['203.0.113.7'] } }, '/data/ips')).toEqual(['203.0.113.7']);
  expect(json({ data: [{ ip: '203.0.113.7' }, {}, 'x'] }, '/data', 'ip')).toEqual([
    '203.0.113.7',
    undefined,
    undefined,
  ]);
  expect(json({ 'a/b': { 'm~n': { '': ['x'] } } }, '/a~1b/m~0n/')).toEqual(['x']);
  expect(json([{ list: ['x'] }], '/0/list')).toEqual(['x']);
});

test.each([
  [{}, ''],
  [{ data: 'x' }, '/data'],
  [{ data: [] }, '/other'],
  [null, '/data'],
  [{}, '/constructor/prototype'],
  [[1], '/length'],
])('a document %j without an array at %j is an error', (document, pointer) =>
  expect(() => json(document, pointer)).toThrow(new Error(`the document has no array at '${pointer}'`)),
);

test("AWS's ranges: both families, of the services asked for", () => {
  const document = {
    syncToken: '1',
    prefixes: [
      { ip_prefix: '13.32.0.0/15', region: 'GLOBAL', service: 'CLOUDFRONT' },
      { ip_prefix: '3.5.0.0/16', region: 'eu-south-2', service: 'EC2' },
      null,
    ],
    ipv6_prefixes: [{ ipv6_prefix: '2600:9000::/28', region: 'GLOBAL', service: 'CLOUDFRONT' }],
  };
  const of = (...services: string[]) => wordsOfDocument(document, { format: 'AWS_IP_RANGES', services });
  expect(of('CLOUDFRONT')).toEqual(['13.32.0.0/15', '2600:9000::/28']);
  expect(of('EC2', 'S3')).toEqual(['3.5.0.0/16']);
  expect(() => wordsOfDocument({ prefixes: [] }, { format: 'AWS_IP_RANGES', services: ['EC2'] })).toThrow(
    "the document has no array at '/ipv6_prefixes'",
  );
});

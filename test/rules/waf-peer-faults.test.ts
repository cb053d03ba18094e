import * as fs from 'node:fs';
import * as path from 'node:path';

const WAF = path.join(__dirname, '..', 'waf');

/**
 * What the best known solution of this kind gets wrong, and the test of ours that would fail if we did the same. A test that is
 * renamed or removed is missed here.
 */
const FAULTS: [string, string, string][] = [
  [
    'more than 10,000 offenders: no list is updated at all',
    'reconcile.lambda-shared',
    'cuts 25,000 offenders to 10,000 and does not fail',
  ],
  [
    'more than 10,000 offenders in one file are lost',
    'parse-object.lambda-shared',
    '100,000 addresses and 10,001 of them offenders in one file: none is lost',
  ],
  [
    'of ten addresses that one path blocked, one survives the next file',
    'log-parser.lambda',
    'entries of one file stay when the next brings others',
  ],
  [
    'a live block of one kind drops those of the other kinds',
    'reconcile.lambda-shared',
    'an address stays blocked while one of its sources says so',
  ],
  ['a source that answers with an error empties the list', 'feed-run.lambda-shared', 'leaves the last good one'],
  ['lists of IPv6 addresses give no entries', 'feed-parse.lambda-shared', 'comments, CIDRs with host bits, IPv6'],
  [
    'merging of lists takes time by the square of their length',
    'ip-ranges',
    'takes half a million networks and a tenth of it in exceptions within seconds',
  ],
  [
    'a query over several days reads the first and the last',
    'waf-log-queries',
    'is SQL of Athena, and reads some hours only',
  ],
  [
    'failures of AWS calls are swallowed, so nothing is tried again',
    'reconcile-sets.lambda-shared',
    'any other failure is not tried again',
  ],
  ['two files at once overwrite each other', 'log-parser.lambda', 'two runs at once lose nothing of each other'],
  [
    'partitions are added by a job, the log has no end, failures no queue',
    'waf-log-analytics',
    'the folders of the bucket end at different times',
  ],
  [
    'an address is taken from a header that the client writes',
    'parse-object.lambda-shared',
    'a regional log full of addresses of CloudFront counts nothing but direct hosts',
  ],
  [
    'one record that is none drops the rest of the batch',
    'log-parser.lambda',
    'who reaches the threshold becomes an entry that ends by itself',
  ],
];

test.each(FAULTS)('%s: has a test', (_, file, title) => {
  expect(fs.readFileSync(path.join(WAF, `${file}.test.ts`), 'utf8')).toContain(title);
});

test('nothing is told to the maker of the solution', () => {
  const src = path.join(__dirname, '..', '..', 'src', 'waf');
  const runtime = fs.readdirSync(src).filter((name) => name.includes('.lambda'));
  const callers = runtime.filter((name) =>
    /\bfetch\(|node:https?'/.test(fs.readFileSync(path.join(src, name), 'utf8')),
  );
  expect(callers).toEqual(['feed-fetch.lambda-shared.ts']);
});

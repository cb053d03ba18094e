import { Duration } from 'aws-cdk-lib';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { IpAccessList } from '../../src/waf/ip-access-list';
import { IpFeed, type IpFeedOptions } from '../../src/waf/ip-feed';

const url = 'https://feeds.example.com/list.txt';
const plain = (options: Partial<IpFeedOptions> = {}, name = 'a-feed') => IpFeed.plain(name, { url, ...options });

test('defaults', () => {
  const feed = plain();
  expect(feed._settings()).toEqual({
    name: 'a-feed',
    url,
    format: 'LINES',
    list: 'BLOCK',
    minimumEntries: 1,
    maximumEntries: 10_000,
    allowedShrinkPercent: 50,
    maximumAgeSeconds: 7 * 86_400,
  });
  expect(feed.schedule.expressionString).toBe('cron(17 5 * * ? *)');
  expect(feed.schedule.timeZone?.timezoneName).toBe('Europe/Madrid');
});

test('what the user says is what the function is told', () => {
  const schedule = scheduler.ScheduleExpression.rate(Duration.hours(2));
  const feed = plain({
    list: IpAccessList.ALLOW,
    minimumEntries: 5,
    maximumEntries: 50,
    allowedShrinkPercent: 10,
    maximumAge: Duration.days(1),
    schedule,
  });
  expect(feed.schedule).toBe(schedule);
  expect(feed._settings()).toMatchObject({
    list: 'ALLOW',
    minimumEntries: 5,
    maximumEntries: 50,
    allowedShrinkPercent: 10,
    maximumAgeSeconds: 86_400,
  });
});

test("Spamhaus' lists", () => {
  expect(IpFeed.spamhausDrop()._settings()).toMatchObject({
    url: 'https://www.spamhaus.org/drop/drop_v4.json',
    format: 'JSON_LINES',
    field: 'cidr',
    minimumEntries: 500,
  });
  expect(IpFeed.spamhausDropIpv6()._settings()).toMatchObject({ url: 'https://www.spamhaus.org/drop/drop_v6.json' });
});

test.each(['', 'A', '-a', 'a-', 'a b', 'a'.repeat(41)])('the name %j is refused', (name) =>
  expect(() => plain({}, name)).toThrow(
    new Error(`the name of a feed must be 1 to 40 lower case letters, digits and inner hyphens, got '${name}'`),
  ),
);
test.each(['a', 'a1', 'a'.repeat(40)])('the name %j is accepted', (name) => expect(plain({}, name).name).toBe(name));

test.each([
  'http://feeds.example.com/list',
  'https://localhost/list',
  'https://user:word@feeds.example.com/',
  'ftp://feeds.example.com/',
  'feeds.example.com',
])('the address %s is refused', (bad) =>
  expect(() => plain({ url: bad })).toThrow(
    new Error(`[feed a-feed] 'url' must be an https address of a public host without credentials, got '${bad}'`),
  ),
);

test('the other forms', () => {
  expect(IpFeed.json('a-feed', { url, pointer: '/data', field: 'ip' })._settings()).toMatchObject({
    format: 'JSON',
    pointer: '/data',
    field: 'ip',
  });
  expect(IpFeed.awsIpRanges('checks', { services: ['ROUTE53_HEALTHCHECKS'] })._settings()).toMatchObject({
    format: 'AWS_IP_RANGES',
    url: 'https://ip-ranges.amazonaws.com/ip-ranges.json',
    services: ['ROUTE53_HEALTHCHECKS'],
    list: 'BLOCK',
  });
  expect(IpFeed.cloudFrontRanges()._settings()).toMatchObject({ name: 'cloudfront', list: 'NEVER_BLOCK' });
  expect(IpFeed.torExitNodes()._settings()).toMatchObject({ name: 'tor-exits', format: 'LINES' });
  expect(IpFeed.emergingThreats()._settings()).toMatchObject({ name: 'emerging-threats', format: 'LINES' });
});

test.each(['data', '/a~2b', '/a~'])('the pointer %s is refused', (pointer) =>
  expect(() => IpFeed.json('a-feed', { url, pointer })).toThrow(
    new Error(`[feed a-feed] 'pointer' must be empty or begin with '/', as RFC 6901 writes it, got '${pointer}'`),
  ),
);
test.each(['', '/', '/a~1b/~0', '/data/0'])('the pointer %j is accepted', (pointer) =>
  expect(IpFeed.json('a-feed', { url, pointer })._settings()).toMatchObject({ pointer }),
);

test("AWS's ranges need a service", () => {
  expect(() => IpFeed.awsIpRanges('a-feed', { services: [] })).toThrow(
    new Error("[feed a-feed] 'services' must name at least one service of AWS, got []"),
  );
});

test('the member of JSON lines must be named', () => {
  expect(() => IpFeed.jsonLines('a-feed', { url, field: '' })).toThrow(
    new Error("[feed a-feed] 'field' must name a member of each line's object, got ''"),
  );
});

test.each([
  [0, 10],
  [1, 10_001],
  [11, 10],
  [1.5, 10],
])('%d to %d entries are refused', (minimumEntries, maximumEntries) =>
  expect(() => plain({ minimumEntries, maximumEntries })).toThrow(
    new Error(
      `[feed a-feed] 'minimumEntries' and 'maximumEntries' must be whole numbers in order between 1 and 10000, got ${minimumEntries} and ${maximumEntries}`,
    ),
  ),
);
test.each([
  [1, 10_000],
  [10, 10],
])('%d to %d entries are accepted', (minimumEntries, maximumEntries) =>
  expect(plain({ minimumEntries, maximumEntries })._settings()).toMatchObject({ minimumEntries, maximumEntries }),
);

test.each([-1, 101, Number.NaN])('a shrink of %d percent is refused', (allowedShrinkPercent) =>
  expect(() => plain({ allowedShrinkPercent })).toThrow(
    new Error(`[feed a-feed] 'allowedShrinkPercent' must be 0 to 100, got ${allowedShrinkPercent}`),
  ),
);
test.each([0, 100])('a shrink of %d percent is accepted', (allowedShrinkPercent) =>
  expect(plain({ allowedShrinkPercent })._settings()).toMatchObject({ allowedShrinkPercent }),
);

test.each([
  [Duration.minutes(59), '59 minutes'],
  [Duration.days(91), '91 days'],
])('an age of %s is refused', (maximumAge, human) =>
  expect(() => plain({ maximumAge })).toThrow(
    new Error(`[feed a-feed] 'maximumAge' must be 1 hour to 90 days, got ${human}`),
  ),
);
test.each([Duration.hours(1), Duration.days(90)])('an age of %s is accepted', (maximumAge) =>
  expect(plain({ maximumAge }).maximumAge).toBe(maximumAge),
);

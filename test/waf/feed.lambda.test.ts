import { handler } from '../../src/waf/feed.lambda';
import type { FeedSettings } from '../../src/waf/feed-settings';
import { describeWith, MOTO } from '../support/engines';
import { Moto } from './entries-moto';

const settings: FeedSettings = {
  name: 'partners',
  url: 'https://127.0.0.1:1/',
  format: 'LINES',
  list: 'BLOCK',
  minimumEntries: 1,
  maximumEntries: 10_000,
  allowedShrinkPercent: 50,
  maximumAgeSeconds: 86_400,
};

// What a feed may answer is tested in feed-run.lambda-shared.test.ts; here stands what the alarms see.
describeWith([MOTO], 'the feed function', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await Moto.start();
    Object.assign(process.env, {
      ...moto.environment,
      ENTRY_TABLE_NAME: await moto.newTable('entries'),
      PREFIX_BOUNDS: '{"ipv4":8,"ipv6":16}',
      IP_ACCESS_NAME: 'Test',
    });
  }, 60_000);
  afterAll(() => moto.stop());
  afterEach(() => jest.restoreAllMocks());

  test('a feed at a private address fails, counts as failed, and is thrown so that Lambda tries again', async () => {
    const lines: string[] = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    await expect(handler(settings)).rejects.toThrow('127.0.0.1 is not a public address');
    const [error, metrics] = lines.map((line) => JSON.parse(line));
    expect(error).toMatchObject({
      level: 'ERROR',
      message: 'feed not taken, the last good list stays',
      feed: 'partners',
    });
    expect(metrics).toMatchObject({ FeedFailures: 1, Feed: 'partners', IpAccess: 'Test' });
  });
});

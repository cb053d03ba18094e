import { CreateTopicCommand, type PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  CreateIPSetCommand,
  GetIPSetCommand,
  type Scope,
  UpdateIPSetCommand,
  WAFV2Client,
} from '@aws-sdk/client-wafv2';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { Entry, EntryList } from '../../src/waf/entries';
import { writeEntries } from '../../src/waf/entries-store.lambda-shared';
import { handler } from '../../src/waf/writer.lambda';
import { describeWith, MOTO } from '../support/engines';
import { Moto } from './entries-moto';

const SOON = Math.floor(Date.now() / 1000) + 3_600;

describeWith([MOTO], 'the writer against moto', () => {
  let moto: Moto;
  const lines: string[] = [];
  const targets: { name: string; id: string; scope: Scope; list: EntryList; family: number }[] = [];

  beforeAll(async () => {
    moto = await Moto.start();
    for (const scope of ['REGIONAL', 'CLOUDFRONT'] as const) {
      for (const list of ['ALLOW', 'BLOCK'] as const) {
        for (const family of [4, 6]) {
          const name = `${scope}-${list}-${family}`;
          const { Summary } = await waf(scope).send(
            new CreateIPSetCommand({
              Name: name,
              Scope: scope,
              IPAddressVersion: family === 4 ? 'IPV4' : 'IPV6',
              Addresses: [],
            }),
          );
          targets.push({ name, id: Summary?.Id as string, scope, list, family });
        }
      }
    }
    const { TopicArn } = await new SNSClient(moto.config).send(new CreateTopicCommand({ Name: 'changes' }));
    Object.assign(process.env, {
      ...moto.environment,
      ENTRY_TABLE_NAME: await moto.newTable('entries'),
      IP_SETS: JSON.stringify(targets),
      NEVER_BLOCK: '["203.0.113.128/25"]',
      PREFIX_BOUNDS: '{"ipv4":8,"ipv6":16}',
      DRY_RUN: 'false',
      CHANGE_TOPIC_ARN: TopicArn,
      IP_ACCESS_NAME: 'Test',
    });
  }, 60_000);
  afterAll(() => moto.stop());
  beforeEach(() => {
    lines.length = 0;
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  });
  afterEach(() => jest.restoreAllMocks());

  function waf(scope: Scope) {
    return new WAFV2Client({ ...moto.config, region: scope === 'CLOUDFRONT' ? 'us-east-1' : moto.config.region });
  }
  function entry(cidr: string, list: EntryList = 'BLOCK', overrides: Partial<Entry> = {}): Entry {
    const rest = { source: 'manual', reason: 'r', actor: 'a', createdAt: '2026-11-24T00:00:00.000Z', expiresAt: SOON };
    return { cidr, list, ...rest, ...overrides };
  }
  const put = (...entries: Entry[]) => writeEntries(moto.dynamo, 'entries', entries, []);
  async function addresses(scope: Scope, list: EntryList, family: number) {
    const { name, id } = targets.find((t) => t.scope === scope && t.list === list && t.family === family) ?? {};
    return (await waf(scope).send(new GetIPSetCommand({ Name: name, Id: id, Scope: scope }))).IPSet?.Addresses;
  }
  const metrics = () => Object.assign({}, ...lines.map((line) => JSON.parse(line)).filter((line) => line._aws));

  test('brings REGIONAL and CLOUDFRONT sets to what the table says, and not again', async () => {
    await put(entry('203.0.113.0/24'), entry('2001:db8::/48'), entry('198.51.100.7/32', 'ALLOW'));
    await handler({});
    for (const scope of ['REGIONAL', 'CLOUDFRONT'] as const) {
      expect(await addresses(scope, 'BLOCK', 4)).toEqual(['203.0.113.0/25']);
      expect(await addresses(scope, 'BLOCK', 6)).toEqual(['2001:db8::/48']);
      expect(await addresses(scope, 'ALLOW', 4)).toEqual(['198.51.100.7/32']);
      expect(await addresses(scope, 'ALLOW', 6)).toEqual([]);
    }
    expect(metrics()).toMatchObject({ LiveEntries: 3, CutEntries: 0, ChangedSets: 6, FailedSets: 0, IpAccess: 'Test' });
    lines.length = 0;
    await handler({});
    expect(metrics()).toMatchObject({ ChangedSets: 0 });
  });

  test('an entry that is deleted or has expired leaves the sets', async () => {
    await put(entry('198.51.100.9/32'), entry('198.51.100.11/32'));
    await handler({});
    expect(await addresses('REGIONAL', 'BLOCK', 4)).toEqual(['198.51.100.9/32', '198.51.100.11/32', '203.0.113.0/25']);
    await put(entry('198.51.100.9/32', 'BLOCK', { expiresAt: SOON - 3_600 }));
    await moto.dynamo.send(
      new DeleteCommand({ TableName: 'entries', Key: { cidr: '198.51.100.11/32', source: 'manual' } }),
    );
    await handler({});
    expect(await addresses('REGIONAL', 'BLOCK', 4)).toEqual(['203.0.113.0/25']);
  });

  test('a set that somebody changed by hand is put right', async () => {
    const { name, id } = targets[0];
    const key = { Name: name, Id: id, Scope: 'REGIONAL' as const };
    const { LockToken } = await waf('REGIONAL').send(new GetIPSetCommand(key));
    await waf('REGIONAL').send(new UpdateIPSetCommand({ ...key, LockToken, Addresses: ['192.0.2.1/32'] }));
    await handler({});
    expect(await addresses('REGIONAL', 'ALLOW', 4)).toEqual(['198.51.100.7/32']);
  });

  test("tells each feed's age", async () => {
    const state = { cidr: '#state', source: 'feed:spamhaus-drop', fetchedAt: SOON - 7_200, count: 17 };
    await put(state as unknown as Entry);
    await handler({});
    expect(metrics()).toMatchObject({ Feed: 'spamhaus-drop', FeedEntries: 17 });
    expect(metrics().FeedAge).toBeGreaterThanOrEqual(3_600);
    expect(metrics().FeedAge).toBeLessThan(3_700);
  });

  test('what changed and why stands in the log and in one message, whether or not the event comes twice', async () => {
    const image = { cidr: '198.51.100.20/32', source: 'manual', list: 'BLOCK', reason: 'ticket 4711', actor: 'ana' };
    const NewImage = Object.fromEntries(Object.entries(image).map(([name, S]) => [name, { S }]));
    const event = { Records: [{ eventName: 'INSERT', dynamodb: { NewImage } }] };
    await put(entry('198.51.100.20/32'));
    const publish = jest.spyOn(SNSClient.prototype, 'send');
    expect((await handler(event)).changes).toHaveLength(2);
    expect((await handler(event)).changes).toEqual([]);
    const messages = publish.mock.calls.map(([command]) => (command as PublishCommand).input.Message);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(
      /^BLOCK IPv4 of REGIONAL-BLOCK-4 \(REGIONAL\): 1 added, 0 removed, \d+ now\n.*\n\nadded: BLOCK 198.51.100.20\/32; by ana: ticket 4711$/,
    );
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ message: 'entries', change: 'added', networks: '198.51.100.20/32', actor: 'ana' }),
    );
  });

  test('a dry run, of the whole platform or of one call, tells and changes nothing', async () => {
    await put(entry('198.51.100.22/32'));
    const publish = jest.spyOn(SNSClient.prototype, 'send');
    const before = await addresses('REGIONAL', 'BLOCK', 4);
    expect((await handler({ dryRun: true })).changes).toHaveLength(2);
    process.env.DRY_RUN = 'true';
    expect((await handler({ dryRun: false })).changes).toHaveLength(2);
    process.env.DRY_RUN = 'false';
    expect(await addresses('REGIONAL', 'BLOCK', 4)).toEqual(before);
    expect(publish).not.toHaveBeenCalled();
    expect(metrics()).toMatchObject({ ChangedSets: 0 });
    await handler({});
  });

  test('a message that does not leave is no reason to fail', async () => {
    await put(entry('198.51.100.24/32'));
    jest.spyOn(SNSClient.prototype, 'send').mockImplementation(() => Promise.reject(new Error('no topic')));
    expect((await handler({})).changes).toHaveLength(2);
    expect(lines.some((line) => line.includes('message not sent'))).toBe(true);
  });

  test('a set that is gone is a failure, after the others were brought up to date', async () => {
    process.env.IP_SETS = JSON.stringify([{ ...targets[0], id: '00000000-0000-0000-0000-000000000000' }, ...targets]);
    await put(entry('198.51.100.13/32'));
    await expect(handler({})).rejects.toThrow('1 of 9 IP sets could not be brought up to date');
    expect(await addresses('CLOUDFRONT', 'BLOCK', 4)).toContain('198.51.100.13/32');
    expect(metrics()).toMatchObject({ FailedSets: 1 });
  });
});

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { App, Aspects, CrossStackReferences, ReferenceStrength, Stack } from 'aws-cdk-lib';
import { DEFAULT_BOUNDS } from '../../src/waf/entries';
import { PUBLIC_HTTPS } from '../../src/waf/feed-fetch.lambda-shared';
import { runFeed } from '../../src/waf/feed-run.lambda-shared';
import { IpFeed } from '../../src/waf/ip-feed';
import { PlatformWebAcl } from '../../src/waf/platform-web-acl';
import { WafIpAccess } from '../../src/waf/waf-ip-access';
import { WebAclScope } from '../../src/waf/web-acl-scope';
import { DisposableStage } from '../integ/disposable-stage';
import { CdkCli } from '../local/cdk-cli';
import { Emulator } from '../local/emulator/launcher';
import { LocalPlatform, type Platform } from '../local/local-platform';
import { addressesOf, EntryApiClient } from '../local/steps/ip-access';
import { waitFor } from '../local/steps/wait';
import { describeWith, EMULATOR } from '../support/engines';
import { EDGE, SPAIN } from '../support/stacks';
import { FeedServer } from '../waf/feed-server';

describeWith([EMULATOR], 'IP access, deployed by the plain CDK CLI to an emulator', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ip-access-'));
  let emulator: Emulator;
  let local: LocalPlatform;
  let api: EntryApiClient;
  let ipAccess: WafIpAccess;

  beforeAll(async () => {
    const app = new App({ outdir: path.join(folder, 'cdk.out') });
    CrossStackReferences.of(app).consume(ReferenceStrength.WEAK);
    const edge = Object.assign(new Stack(app, 'Edge', { env: EDGE }), {});
    const edgeAcl = new PlatformWebAcl(edge, 'WebAcl', { scope: WebAclScope.CLOUDFRONT });
    const stack = new Stack(app, 'Platform', { env: SPAIN });
    const webAcl = new PlatformWebAcl(stack, 'WebAcl');
    ipAccess = new WafIpAccess(stack, 'IpAccess', {
      webAcls: [webAcl, edgeAcl],
      neverBlock: ['192.0.2.10'],
      setApiGatewayLogRole: true,
    });
    Aspects.of(app).add(new DisposableStage());
    app.synth();
    emulator = await Emulator.start({ folder });
    const platform = {
      edge: Object.assign(edge, { webAcl: edgeAcl }),
      platform: Object.assign(stack, { webAcl, ipAccess }),
    };
    local = new LocalPlatform(platform as unknown as Platform, emulator);
    await local.bootstrap();
    await local.deploy();
    api = await EntryApiClient.of(local);
  }, 240_000);

  afterAll(async () => {
    await emulator?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const appears = (address: string, set: Parameters<typeof addressesOf>[1], scope: 'REGIONAL' | 'CLOUDFRONT') =>
    waitFor(`${address} in ${set} of ${scope}`, async () =>
      (await addressesOf(local, set, scope)).includes(address) ? true : undefined,
    );
  const disappears = (address: string, set: Parameters<typeof addressesOf>[1], scope: 'REGIONAL' | 'CLOUDFRONT') =>
    waitFor(`${address} out of ${set} of ${scope}`, async () =>
      (await addressesOf(local, set, scope)).includes(address) ? undefined : true,
    );

  test('an operator blocks an address, sees why, and unblocks it, in both regions', async () => {
    const body = { list: 'BLOCK', reason: 'ticket 4711', expiresInHours: 1 };
    expect(await api.call('PUT', '/entries/203.0.113.7/32', body)).toMatchObject({
      status: 200,
      body: { entry: { cidr: '203.0.113.7/32', list: 'BLOCK', actor: expect.stringContaining('arn:aws:') } },
    });
    await appears('203.0.113.7/32', 'blockIpv4', 'REGIONAL');
    await appears('203.0.113.7/32', 'blockIpv4', 'CLOUDFRONT');
    expect(await api.call('GET', '/explanation?address=203.0.113.7')).toMatchObject({
      status: 200,
      body: { verdict: 'BLOCK', decidedBy: [{ reason: 'ticket 4711' }] },
    });
    expect(await api.call('GET', '/entries?source=manual')).toMatchObject({
      body: { entries: [{ cidr: '203.0.113.7/32' }] },
    });
    expect(await api.call('DELETE', '/entries/203.0.113.7/32')).toMatchObject({ status: 200 });
    await disappears('203.0.113.7/32', 'blockIpv4', 'REGIONAL');
    await disappears('203.0.113.7/32', 'blockIpv4', 'CLOUDFRONT');
  }, 180_000);

  test('an IPv6 network is taken by its address in the path', async () => {
    const body = { list: 'ALLOW', reason: 'partner', expiresInHours: 1 };
    expect(await api.call('PUT', '/entries/2001:db8::/48', body)).toMatchObject({ status: 200 });
    await appears('2001:db8::/48', 'allowIpv6', 'REGIONAL');
  }, 120_000);

  test('an unsigned call and a block of our own egress are refused', async () => {
    const body = { list: 'BLOCK', reason: 'by mistake', expiresInHours: 1 };
    // The emulator looks for the API of an unsigned call in its own region, which is another.
    expect([403, 404]).toContain((await api.call('PUT', '/entries/203.0.113.8/32', body, false)).status);
    expect((await api.call('GET', '/entries/203.0.113.8/32')).status).toBe(404);
    expect((await api.call('PUT', '/entries/192.0.2.0/24', body)).status).toBe(409);
  });

  test('a feed on the loopback address is taken up', async () => {
    const server = await FeedServer.start();
    server.answer = (_, response) => response.end('198.51.100.0/25 # criminals\n198.51.100.128/25\n');
    const feed = IpFeed.plain('local', { url: 'https://feeds.example.com/' });
    await runFeed(
      { ...feed._settings(), url: server.url },
      {
        dynamo: DynamoDBDocumentClient.from(new DynamoDBClient(emulator.clientConfig('eu-south-2'))),
        tableName: await local.physicalId(ipAccess.entryTable),
        bounds: DEFAULT_BOUNDS,
        nowMs: Date.now(),
        policy: { ...PUBLIC_HTTPS, protocols: ['http:'], isAllowed: () => true },
      },
    );
    await server.stop();
    await appears('198.51.100.0/24', 'blockIpv4', 'REGIONAL');
  }, 120_000);

  test('the feed function itself reaches no private address', async () => {
    const reader = ipAccess.node.findChild('Feeds').node.findChild('Reader').node.findChild('Function');
    const { FunctionError, Payload } = await new LambdaClient(emulator.clientConfig('eu-south-2')).send(
      new InvokeCommand({
        FunctionName: await local.physicalId(reader),
        Payload: JSON.stringify({ name: 'evil', url: `${emulator.endpoint}/`, format: 'LINES', list: 'BLOCK' }),
      }),
    );
    expect(FunctionError).toBeDefined();
    expect(Buffer.from(Payload ?? '').toString()).toContain('is not among the allowed protocols');
  }, 60_000);

  test('a second deployment changes nothing, a dry run tells what would', async () => {
    expect(await new CdkCli(emulator, path.join(folder, 'cdk.out')).diff()).toMatchObject({ code: 0 });
    const writer = ipAccess.node.findChild('IpSets').node.findChild('Writer').node.findChild('Function');
    const { Payload } = await new LambdaClient(emulator.clientConfig('eu-south-2')).send(
      new InvokeCommand({ FunctionName: await local.physicalId(writer), Payload: '{"dryRun":true}' }),
    );
    expect(JSON.parse(Buffer.from(Payload ?? '').toString())).toEqual({ changes: [] });
  }, 120_000);
});

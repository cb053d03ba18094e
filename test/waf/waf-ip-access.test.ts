import { App, CrossStackReferences, Lazy, ReferenceStrength, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IpFeed } from '../../src/waf/ip-feed';
import { PlatformWebAcl } from '../../src/waf/platform-web-acl';
import { WafIpAccess, type WafIpAccessProps } from '../../src/waf/waf-ip-access';
import { WebAclScope } from '../../src/waf/web-acl-scope';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { arnOf, isAllowed, roleIdOf } from '../support/iam';
import { EDGE, newStack, resourcesOf, SPAIN, templateOf } from '../support/stacks';

const feed = IpFeed.plain('partners', { url: 'https://feeds.example.com/partners.txt' });

function define(props: Partial<WafIpAccessProps> = {}, stack = newStack()) {
  const webAcl = new PlatformWebAcl(stack, 'WebAcl');
  return { stack, ipAccess: new WafIpAccess(stack, 'IpAccess', { webAcls: [webAcl], ...props }) };
}

const alerts = new RecordedAlerts();
const whole = define({
  feeds: [IpFeed.spamhausDrop(), feed],
  neverBlock: ['203.0.113.10', '198.51.100.0/24'],
  setApiGatewayLogRole: true,
  alerts,
});

describe('everything at once', () => {
  const { stack } = whole;

  test('passes the three packs; the log of the web ACL is the matter of WafLogAnalytics', () =>
    expect(nagFindings(stack).filter((finding) => !finding.endsWith(' Test/WebAcl/Resource'))).toEqual([]));
  test('passes the strict rules of CloudFormation', () => expect(strictFindings(stack)).toEqual([]));
  test('has no inline policies, policies of AWS, custom resources or singletons', () => {
    templateOf(stack).resourceCountIs('AWS::IAM::Policy', 0);
    for (const [, role] of resourcesOf(stack, 'AWS::IAM::Role')) {
      expect(role.Properties.ManagedPolicyArns ?? []).toEqual([]);
    }
    expect(JSON.stringify(templateOf(stack).toJSON())).not.toContain('Custom::');
    const ids = stack.node.children.map(({ node }) => node.id).filter((id) => !id.endsWith('BootstrapVersion'));
    expect(ids).toEqual(['WebAcl', 'IpAccess']);
  });
  test('names nothing physically but what AWS wants named', () => {
    for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::SNS::Topic', 'AWS::Lambda::Function', 'AWS::SQS::Queue']) {
      for (const [, { Properties }] of resourcesOf(stack, type)) {
        expect(Object.keys(Properties).filter((key) => /^(Table|Topic|Function|Queue)Name$/.test(key))).toEqual([]);
      }
    }
  });
});

test('the table keeps its data: own key, deletion protection, 35 days of recovery, a stream, an end per entry', () => {
  const [[id, table]] = resourcesOf(whole.stack, 'AWS::DynamoDB::GlobalTable');
  expect(table).toMatchObject({
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      KeySchema: [
        { AttributeName: 'cidr', KeyType: 'HASH' },
        { AttributeName: 'source', KeyType: 'RANGE' },
      ],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [
        { DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
      ],
    },
  });
  expect(id).toBe('IpAccessEntries5FBF2FF5');
});

test('logical ids of what holds data do not change', () => {
  const kept = Object.entries(templateOf(whole.stack).toJSON().Resources as Record<string, { DeletionPolicy?: string }>)
    .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
    .map(([id]) => id);
  expect(kept.sort()).toEqual([
    'IpAccessApiGatewayLogRoleAccount917466FD',
    'IpAccessApiGatewayLogRoleWriterPolicyA3F64C58',
    'IpAccessApiGatewayLogRoleWriterRoleE6EE50D5',
    'IpAccessEntries5FBF2FF5',
    'IpAccessIpSetsWriterLogsA0094B0C',
    'IpAccessKey1D245010',
    'IpAccessManualAccessLog6322EF3E',
    'IpAccessManualHandlerLogsC31BA63B',
  ]);
});

test('two copies fit in one stack, and two syntheses are the same', () => {
  const synthesise = () => {
    const { stack } = define();
    new WafIpAccess(stack, 'Second', { webAcls: [new PlatformWebAcl(stack, 'SecondWebAcl')], feeds: [feed] });
    return JSON.stringify(templateOf(stack).toJSON());
  };
  expect(synthesise()).toBe(synthesise());
});

test('does not follow the feature flags of the app', () => {
  const flags = {
    '@aws-cdk/aws-apigateway:disableCloudWatchRole': false,
    '@aws-cdk/aws-lambda:useCdkManagedLogGroup': false,
    '@aws-cdk/aws-iam:minimizePolicies': false,
  };
  const plain = templateOf(define().stack).toJSON();
  expect(templateOf(define({}, newStack(SPAIN, flags)).stack).toJSON()).toEqual(plain);
});

describe('web ACLs of two regions', () => {
  const app = new App();
  CrossStackReferences.of(app).consume(ReferenceStrength.STRONG);
  const edge = new Stack(app, 'Edge', { env: EDGE });
  const stack = new Stack(app, 'Test', { env: SPAIN });
  const edgeAcl = new PlatformWebAcl(edge, 'WebAcl', { scope: WebAclScope.CLOUDFRONT });
  define({ webAcls: [new PlatformWebAcl(stack, 'Regional'), edgeAcl] }, stack);

  test('the writer is told of all eight sets, those of the edge by stack output', () => {
    const [writer] = resourcesOf(stack, 'AWS::Lambda::Function').filter(
      ([, { Properties }]) => Properties.Environment?.Variables.IP_SETS,
    );
    const text = JSON.stringify(writer[1].Properties.Environment.Variables.IP_SETS);
    expect(text.match(/REGIONAL/g)).toHaveLength(4);
    expect(text.match(/CLOUDFRONT/g)).toHaveLength(4);
    expect(text.match(/Fn::GetStackOutput/g)).toHaveLength(4);
    expect(JSON.stringify(templateOf(stack).toJSON())).not.toContain('Custom::');
  });

  test('and may write them in us-east-1 only', () => {
    const arns = resourcesOf(stack, 'AWS::IAM::ManagedPolicy')
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .filter(({ Action }) => JSON.stringify(Action).includes('UpdateIPSet'))
      .flatMap(({ Resource }) => Resource)
      .map((resource) => JSON.stringify(resource));
    expect(arns.filter((arn) => arn.includes('wafv2:us-east-1:111122223333:global/ipset/'))).toHaveLength(4);
    expect(arns.filter((arn) => arn.includes('wafv2:eu-south-2:111122223333:regional/ipset/'))).toHaveLength(4);
    expect(arns).toHaveLength(8);
  });
});

describe('what each part may do', () => {
  const { stack } = whole;
  const idOf = (type: string, path: string) => {
    const found = resourcesOf(stack, type).find(([id]) => id.startsWith(path));
    return arnOf(type, found?.[0] as string);
  };
  const table = idOf('AWS::DynamoDB::GlobalTable', 'IpAccessEntries');
  const topic = idOf('AWS::SNS::Topic', 'IpAccessChanges');
  const set = 'arn:aws:wafv2:eu-south-2:111122223333:regional/ipset';
  const sets = resourcesOf(stack, 'AWS::WAFv2::IPSet').map(([id, { Properties }]) => ({ id, name: Properties.Name }));
  const ownSet = `${set}/${sets[0].name}/${sets[0].id}`;

  test.each([
    ['IpSets/Writer', 'dynamodb:Scan', table, true],
    ['IpSets/Writer', 'dynamodb:PutItem', table, false],
    ['IpSets/Writer', 'dynamodb:DeleteItem', table, false],
    ['IpSets/Writer', 'dynamodb:Scan', `${table}Neighbour`, false],
    ['IpSets/Writer', 'wafv2:UpdateIPSet', `${set}/neighbour/1`, false],
    ['IpSets/Writer', 'wafv2:DeleteIPSet', ownSet, false],
    ['IpSets/Writer', 'wafv2:UpdateWebACL', ownSet.replace('ipset', 'webacl'), false],
    ['IpSets/Writer', 'sns:Publish', topic, true],
    ['IpSets/Writer', 'sns:Publish', `${topic}Neighbour`, false],
    ['Feeds/Reader', 'dynamodb:BatchWriteItem', table, true],
    ['Feeds/Reader', 'dynamodb:DeleteTable', table, false],
    ['Feeds/Reader', 'wafv2:UpdateIPSet', ownSet, false],
    ['Feeds/Reader', 'sns:Publish', topic, false],
    ['Manual/Handler', 'dynamodb:PutItem', table, true],
    ['Manual/Handler', 'dynamodb:Query', table, true],
    ['Manual/Handler', 'dynamodb:Scan', table, true],
    ['Manual/Handler', 'dynamodb:PutItem', `${table}Neighbour`, false],
    ['Manual/Handler', 'dynamodb:UpdateTable', table, false],
    ['Manual/Handler', 'wafv2:UpdateIPSet', ownSet, false],
  ])('%s asking to %s on %s: %s', async (role, action, resource, expected) => {
    expect(await isAllowed(stack, roleIdOf(stack, `${role}/Execution/Role`), { action, resource })).toBe(expected);
  });

  // The name of a set is known, its id is CloudFormation's: the simulator's stand-in for it is an ARN, not an id.
  test('the writer may write its own four sets, and read its own stream', () => {
    const statements = resourcesOf(stack, 'AWS::IAM::ManagedPolicy')
      .filter(([id]) => id.startsWith('IpAccessIpSetsWriter'))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
    const on = (action: string) =>
      JSON.stringify(
        statements.filter(({ Action }) => [Action].flat().includes(action)).map(({ Resource }) => Resource),
      );
    for (const { id, name } of sets) {
      expect(on('wafv2:UpdateIPSet')).toContain(`:regional/ipset/${name}/"`);
      expect(on('wafv2:UpdateIPSet')).toContain(`{"Fn::GetAtt":["${id}","Id"]}`);
    }
    expect(on('wafv2:UpdateIPSet')).not.toContain('*');
    expect(on('dynamodb:GetRecords')).toContain('"StreamArn"');
  });

  test('the scheduler may call the one function, and nothing else', async () => {
    const role = roleIdOf(stack, 'Feeds/Schedules/Invoker/Role');
    const own = idOf('AWS::Lambda::Function', 'IpAccessFeeds');
    const neighbour = idOf('AWS::Lambda::Function', 'IpAccessIpSets');
    expect(await isAllowed(stack, role, { action: 'lambda:InvokeFunction', resource: own })).toBe(true);
    expect(await isAllowed(stack, role, { action: 'lambda:InvokeFunction', resource: neighbour })).toBe(false);
  });
});

describe('people', () => {
  const { stack, ipAccess } = define();
  const person = (id: string) => new iam.Role(stack, id, { assumedBy: new iam.AccountRootPrincipal() });
  ipAccess.grantRead(person('Reader'));
  ipAccess.grantOperate(person('Operator'));
  const api = resourcesOf(stack, 'AWS::ApiGateway::RestApi')[0][0];
  const call = (method: string, path: string) =>
    `arn:aws:execute-api:eu-south-2:111122223333:${api}/v1/${method}${path}`;

  test.each([
    ['GET', '/entries', true],
    ['GET', '/entries/203.0.113.7/32', true],
    ['GET', '/explanation', true],
    ['PUT', '/entries/203.0.113.7/32', false],
    ['DELETE', '/entries/203.0.113.7/32', false],
  ])('%s %s: an operator may, a reader %s', async (method, path, reader) => {
    const request = { action: 'execute-api:Invoke', resource: call(method, path) };
    expect(await isAllowed(stack, roleIdOf(stack, 'Reader'), request)).toBe(reader);
    expect(await isAllowed(stack, roleIdOf(stack, 'Operator'), request)).toBe(true);
  });

  test('nobody may call another stage or another API', async () => {
    for (const resource of [
      call('PUT', '/entries/203.0.113.7/32').replace('/v1/', '/v2/'),
      call('PUT', '/entries/203.0.113.7/32').replace(api, 'another'),
    ]) {
      const request = { action: 'execute-api:Invoke', resource };
      expect(await isAllowed(stack, roleIdOf(stack, 'Operator'), request)).toBe(false);
    }
  });
});

test('the writer runs alone, wakes on changes and every five minutes', () => {
  templateOf(whole.stack).hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 1 });
  templateOf(whole.stack).hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    BatchSize: 10_000,
    MaximumBatchingWindowInSeconds: 20,
    FilterCriteria: {
      Filters: [
        { Pattern: '{"eventName":["INSERT","REMOVE"]}' },
        { Pattern: '{"eventName":["MODIFY"],"dynamodb":{"Keys":{"source":{"S":["manual"]}}}}' },
      ],
    },
  });
  templateOf(whole.stack).hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(5 minutes)' });
});

test('feeds run on their schedules, in their zones, spread; the ranges of CloudFront at once', () => {
  const schedules = resourcesOf(whole.stack, 'AWS::Scheduler::Schedule')
    .map(([, { Properties }]) => Properties)
    .filter(({ Target }) => Target.Input !== '{}');
  expect(schedules.map(({ Target }) => JSON.parse(Target.Input).name)).toEqual([
    'cloudfront',
    'spamhaus-drop',
    'partners',
  ]);
  expect(schedules.map(({ ScheduleExpression }) => ScheduleExpression)).toEqual([
    'rate(1 day)',
    'cron(17 5 * * ? *)',
    'cron(17 5 * * ? *)',
  ]);
  expect(schedules[1]).toMatchObject({
    ScheduleExpressionTimezone: 'Europe/Madrid',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
  });
});

test('alarms, each with a severity and its entry of the runbook', () => {
  expect(alerts.alarms.sort()).toEqual([
    'ApiFailing MEDIUM ip-api-failing',
    'FeedFailed MEDIUM ip-feed-failed',
    'SetFull MEDIUM ip-set-full',
    'WriterDeadLetters MEDIUM ip-access-dead-letters',
    'WriterFailing HIGH ip-writer-failing',
    'WriterSilent HIGH ip-writer-silent',
    'cloudfrontOld MEDIUM ip-feed-old',
    'partnersOld MEDIUM ip-feed-old',
    'spamhaus-dropOld MEDIUM ip-feed-old',
  ]);
});

test('metrics are told apart by construct and feed', () => {
  const { ipAccess, stack } = whole;
  const dimensions = (metric: { dimensions?: Record<string, string> }) => metric.dimensions;
  expect(ipAccess.metricLiveEntries()).toMatchObject({
    metricName: 'LiveEntries',
    namespace: 'ChargingPlatform/IpAccess',
  });
  expect(ipAccess.metricCutEntries().metricName).toBe('CutEntries');
  expect(ipAccess.metricChangedSets().metricName).toBe('ChangedSets');
  expect(ipAccess.metricFailedSets().metricName).toBe('FailedSets');
  expect(ipAccess.metricFeedAge(feed).metricName).toBe('FeedAge');
  expect(ipAccess.metricFeedEntries(feed).metricName).toBe('FeedEntries');
  expect(ipAccess.metricFeedFailures(feed, { statistic: 'Maximum' }).statistic).toBe('Maximum');
  const [[, writer]] = resourcesOf(stack, 'AWS::Lambda::Function').filter(
    ([, { Properties }]) => Properties.Environment?.Variables.IP_SETS,
  );
  const name = writer.Properties.Environment.Variables.IP_ACCESS_NAME;
  expect(dimensions(ipAccess.metricFeedAge(feed))).toEqual({ IpAccess: name, Feed: 'partners' });
});

describe('a writer of offenders', () => {
  test.each([SPAIN, EDGE])('of %j is told where the table is', (env) => {
    const app = new App();
    const stack = new Stack(app, 'Test', { env: SPAIN });
    const { ipAccess } = define({}, stack);
    const other = env === SPAIN ? stack : new Stack(app, 'Edge', { env });
    const grants: unknown[] = [];
    const writer = Object.assign(new iam.Role(other, 'Parser', { assumedBy: new iam.AccountRootPrincipal() }), {
      allow: (actions: string[], resources: string[]) => void grants.push([actions, other.resolve(resources)]),
    });
    const environment = other.resolve(ipAccess._allowEntryWrites(writer));
    expect(environment.ENTRY_TABLE_REGION).toBe('eu-south-2');
    expect(grants).toMatchObject([
      [['dynamodb:UpdateItem'], [expect.anything()]],
      [['kms:Decrypt'], [expect.anything()]],
    ]);
  });
});

describe('props', () => {
  const message = (text: string) => new Error(`[Test/IpAccess] ${text}`);
  const feeds = (count: number) =>
    Array.from({ length: count }, (_, i) => IpFeed.plain(`f${i}`, { url: 'https://feeds.example.com/' }));
  const networks = (count: number) => Array.from({ length: count }, (_, i) => `203.0.${i}.0/24`);

  test('the stack has a region', () => {
    const stack = new Stack(new App(), 'Test');
    expect(() => new WafIpAccess(stack, 'IpAccess', { webAcls: [new PlatformWebAcl(stack, 'WebAcl')] })).toThrow(
      message(
        "the stack must have a region, got none; give its 'env' one, which the table of IP entries and its key need",
      ),
    );
  });

  test('web ACLs: 1 to 5, each once, of this region or of CLOUDFRONT', () => {
    const stack = newStack();
    const acls = Array.from({ length: 6 }, (_, i) => new PlatformWebAcl(stack, `WebAcl${i}`));
    const ipAccess = (webAcls: PlatformWebAcl[]) => () => new WafIpAccess(stack, 'IpAccess', { webAcls });
    const rule = "'webAcls' must be 1 to 5 different web ACLs, got";
    expect(ipAccess([])).toThrow(message(`${rule} 0`));
    stack.node.tryRemoveChild('IpAccess');
    expect(ipAccess(acls)).toThrow(message(`${rule} 6`));
    stack.node.tryRemoveChild('IpAccess');
    expect(ipAccess([acls[0], acls[0]])).toThrow(message(`${rule} 2`));
    stack.node.tryRemoveChild('IpAccess');
    expect(ipAccess(acls.slice(0, 5))).not.toThrow();
    const elsewhere = new PlatformWebAcl(
      new Stack(stack.node.root as App, 'Ireland', { env: { region: 'eu-west-1' } }),
      'A',
    );
    stack.node.tryRemoveChild('IpAccess');
    expect(ipAccess([elsewhere])).toThrow(
      message(
        "'webAcls' must be of the region 'eu-south-2' or of scope CLOUDFRONT, got a regional one of 'eu-west-1'; define a WafIpAccess there",
      ),
    );
  });

  test.each([
    [{ feeds: feeds(21) }, "'feeds' must be at most 20, got 21; each reads the table once a run"],
    [{ feeds: [feed, feed] }, "'feeds' must have different names, got 'partners' twice"],
    [
      { feeds: [IpFeed.cloudFrontRanges()] },
      "'feeds' must not hold 'cloudfront', which every WafIpAccess has already; leave it out",
    ],
    [
      { neverBlock: networks(51) },
      "'neverBlock' must hold at most 50 networks, got 51; join neighbours into wider ones",
    ],
    [{ neverBlock: ['office'] }, "'neverBlock' must hold IPv4 or IPv6 addresses or CIDRs, got 'office'"],
    [
      { neverBlock: ['203.0.113.7/24'] },
      "'neverBlock' must hold networks without host bits, got '203.0.113.7/24'; did you mean 203.0.113.0/24",
    ],
    [{ shortestIpv4Prefix: 0 }, "'shortestIpv4Prefix' must be a whole number from 1 to 32, got 0"],
    [{ shortestIpv4Prefix: 33 }, "'shortestIpv4Prefix' must be a whole number from 1 to 32, got 33"],
    [{ shortestIpv4Prefix: 8.5 }, "'shortestIpv4Prefix' must be a whole number from 1 to 32, got 8.5"],
    [{ shortestIpv6Prefix: 0 }, "'shortestIpv6Prefix' must be a whole number from 1 to 128, got 0"],
    [{ shortestIpv6Prefix: 129 }, "'shortestIpv6Prefix' must be a whole number from 1 to 128, got 129"],
  ] as [Partial<WafIpAccessProps>, string][])('%#: what is out of bounds is refused', (props, text) =>
    expect(() => define(props)).toThrow(message(text)),
  );

  test('bounds themselves and tokens are accepted', () => {
    const token = Lazy.string({ produce: () => '203.0.113.99' });
    const { stack } = define({
      feeds: feeds(20),
      neverBlock: [...networks(49), token],
      shortestIpv4Prefix: 32,
      shortestIpv6Prefix: 128,
      dryRun: true,
    });
    const [[, writer]] = resourcesOf(stack, 'AWS::Lambda::Function').filter(
      ([, { Properties }]) => Properties.Environment?.Variables.IP_SETS,
    );
    const { NEVER_BLOCK, PREFIX_BOUNDS, DRY_RUN } = writer.Properties.Environment.Variables;
    expect(JSON.parse(NEVER_BLOCK)).toContain('203.0.113.99');
    expect(JSON.parse(PREFIX_BOUNDS)).toEqual({ ipv4: 32, ipv6: 128 });
    expect(DRY_RUN).toBe('true');
  });

  test('without alerts there are no alarms', () =>
    templateOf(define().stack).resourceCountIs('AWS::CloudWatch::Alarm', 0));
});

import { App, CrossStackReferences, Duration, ReferenceStrength, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { IpFeed } from '../../src/waf/ip-feed';
import { PlatformWebAcl } from '../../src/waf/platform-web-acl';
import { WafIpAccess, type WafIpAccessProps } from '../../src/waf/waf-ip-access';
import { WebAclScope } from '../../src/waf/web-acl-scope';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { EDGE, newStack, resourcesOf, SPAIN, templateOf } from '../support/stacks';

const feed = IpFeed.plain('partners', { url: 'https://feeds.example.com/partners.txt' });

function define(props: Partial<WafIpAccessProps> = {}, stack = newStack()) {
  const webAcl = new PlatformWebAcl(stack, 'WebAcl');
  return { stack, ipAccess: new WafIpAccess(stack, 'IpAccess', { webAcls: [webAcl], ...props }) };
}

const whole = define({
  feeds: [IpFeed.spamhausDrop(), feed],
  neverBlock: ['203.0.113.10', '198.51.100.0/24'],
  setApiGatewayLogRole: true,
  alerts: new RecordedAlerts(),
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
    'IpAccessKey1D245010',
    'IpAccessManualAccessLog6322EF3E',
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

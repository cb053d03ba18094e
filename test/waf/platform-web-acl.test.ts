import { Duration, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { BlockResponse } from '../../src/waf/block-response';
import { ManagedRuleGroup } from '../../src/waf/managed-rule-group';
import { PlatformWebAcl, type PlatformWebAclProps } from '../../src/waf/platform-web-acl';
import { RateLimit } from '../../src/waf/rate-limit';
import { WebAclScope } from '../../src/waf/web-acl-scope';
import { nagFindings } from '../support/findings';
import { EDGE, newStack, resourcesOf, SPAIN, templateOf } from '../support/stacks';

function webAcl(props?: PlatformWebAclProps, env = SPAIN): PlatformWebAcl {
  return new PlatformWebAcl(newStack(env), 'WebAcl', props);
}

describe('IP sets', () => {
  test('are four, empty, of the scope of the web ACL, and known by name, id and scope', () => {
    const acl = webAcl();
    const stack = Stack.of(acl);
    const sets = resourcesOf(stack, 'AWS::WAFv2::IPSet');
    expect(
      sets.map(([, { Properties }]) => [Properties.IPAddressVersion, Properties.Scope, Properties.Addresses]),
    ).toEqual([
      ['IPV4', 'REGIONAL', []],
      ['IPV6', 'REGIONAL', []],
      ['IPV4', 'REGIONAL', []],
      ['IPV6', 'REGIONAL', []],
    ]);
    const references = Object.values(acl._ipSets);
    expect(references.map(({ id }) => stack.resolve(id)['Fn::GetAtt'][0])).toEqual(sets.map(([id]) => id));
    expect(references.map(({ name }) => name)).toEqual(sets.map(([, { Properties }]) => Properties.Name));
    expect(references.every(({ name }) => !Token.isUnresolved(name))).toBe(true);
  });

  test('keep their names apart in two copies', () => {
    const stack = newStack();
    new PlatformWebAcl(stack, 'One');
    new PlatformWebAcl(stack, 'Two');
    const names = resourcesOf(stack, 'AWS::WAFv2::IPSet').map(([, { Properties }]) => Properties.Name);
    expect(new Set(names).size).toBe(8);
  });
});

test('an allowed address is labelled and spared the block list only', () => {
  templateOf(Stack.of(webAcl())).hasResourceProperties('AWS::WAFv2::WebACL', {
    Rules: Match.arrayWith([
      Match.objectLike({ Name: 'AllowedAddresses', Action: { Count: {} }, RuleLabels: [{ Name: 'platform:allowed' }] }),
      Match.objectLike({
        Name: 'BlockedAddresses',
        Statement: {
          AndStatement: {
            Statements: Match.arrayWith([
              { NotStatement: { Statement: { LabelMatchStatement: { Scope: 'LABEL', Key: 'platform:allowed' } } } },
            ]),
          },
        },
      }),
    ]),
  });
});

test('CLOUDFRONT is refused outside us-east-1', () => {
  expect(() => webAcl({ scope: WebAclScope.CLOUDFRONT })).toThrow(
    "[Test/WebAcl] 'scope' CLOUDFRONT must be in a stack of us-east-1, got 'eu-south-2'; define the web ACL there and give it to the distribution",
  );
  expect(webAcl({ scope: WebAclScope.CLOUDFRONT }, EDGE).webAclRef.scope).toBe('CLOUDFRONT');
  expect(webAcl({ scope: WebAclScope.CLOUDFRONT }, {}).webAclRef.scope).toBe('CLOUDFRONT');
});

describe('by default', () => {
  const acl = webAcl({ logRetention: logs.RetentionDays.THREE_MONTHS });
  const stack = Stack.of(acl);

  test('it stays within the 1500 capacity units that the price includes', () => {
    expect(acl.capacity).toBe(1495);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('its rules look at a request in this order', () => {
    const [[, { Properties }]] = resourcesOf(stack, 'AWS::WAFv2::WebACL');
    // biome-ignore lint/suspicious/noExplicitAny: a template is free JSON
    expect(Properties.Rules.map((rule: any) => [rule.Priority, rule.Name])).toEqual([
      [0, 'AllowedAddresses'],
      [1, 'BlockedAddresses'],
      [2, 'RatePerAddress'],
      [3, 'AWSManagedRulesAmazonIpReputationList'],
      [4, 'AWSManagedRulesAnonymousIpList'],
      [5, 'AWSManagedRulesCommonRuleSet'],
      [6, 'AWSManagedRulesKnownBadInputsRuleSet'],
      [7, 'AWSManagedRulesSQLiRuleSet'],
      [8, 'AWSManagedRulesLinuxRuleSet'],
      [9, 'AWSManagedRulesUnixRuleSet'],
      [10, 'ManagedRulesForPeople'],
    ]);
  });

  test('with its own log, three packs have nothing to say', () => {
    expect(nagFindings(stack)).toEqual([]);
    templateOf(stack).hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      LoggingFilter: Match.objectLike({ DefaultBehavior: 'DROP' }),
    });
  });

  test('secrets leave WAF neither in logs nor in samples', () => {
    templateOf(stack).hasResourceProperties('AWS::WAFv2::WebACL', {
      DataProtectionConfig: {
        DataProtections: [
          { Action: 'SUBSTITUTION', Field: { FieldType: 'SINGLE_HEADER', FieldKeys: ['authorization', 'cookie'] } },
        ],
      },
    });
  });
});

describe('what it protects', () => {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'Alb', { vpc });
  const api = new apigateway.RestApi(stack, 'Api');
  api.root.addMethod('GET');
  new PlatformWebAcl(stack, 'WebAcl', {
    protects: [loadBalancer],
    protectsStages: [api.deploymentStage],
    blockResponse: BlockResponse.json('{"error":"refused"}'),
  });

  test('load balancers and stages of APIs', () => {
    const associations = resourcesOf(stack, 'AWS::WAFv2::WebACLAssociation').map(
      ([, { Properties }]) => Properties.ResourceArn,
    );
    expect(associations[0]).toEqual(stack.resolve(loadBalancer.loadBalancerArn));
    expect(JSON.stringify(associations[1])).toMatch(/:apigateway:eu-south-2::\/restapis\/.*\/stages\//);
  });

  test('refusals of its own rules have the body that was asked for', () => {
    templateOf(stack).hasResourceProperties('AWS::WAFv2::WebACL', {
      CustomResponseBodies: { Refused: { Content: '{"error":"refused"}', ContentType: 'APPLICATION_JSON' } },
      Rules: Match.arrayWith([
        Match.objectLike({
          Name: 'BlockedAddresses',
          Action: { Block: { CustomResponse: { ResponseCode: 403, CustomResponseBodyKey: 'Refused' } } },
        }),
      ]),
    });
  });

  test('not a network load balancer, and nothing directly in scope CLOUDFRONT', () => {
    const network = new elbv2.NetworkLoadBalancer(stack, 'Nlb', { vpc }) as unknown as elbv2.IApplicationLoadBalancer;
    expect(() => new PlatformWebAcl(stack, 'OfNlb', { protects: [network] })).toThrow(
      "[Test/OfNlb] 'protects' must hold application load balancers, got the network load balancer 'Test/Nlb'; protect the application load balancer behind it",
    );
    const edge = { scope: WebAclScope.CLOUDFRONT, protects: [loadBalancer] };
    expect(() => webAcl(edge, EDGE)).toThrow(
      "[Test/WebAcl] 'protects' must be empty in scope CLOUDFRONT, got 1; give the web ACL to the distribution instead",
    );
  });
});

describe('what the user wrote wrongly', () => {
  const HOSTS = 'must hold host names in lower case, with at most one * at the beginning or the end, got';
  const refused: [PlatformWebAclProps, string][] = [
    [
      { chargePointHosts: ['OCPP.example.com'] },
      `'chargePointHosts' ${HOSTS} 'OCPP.example.com'; write 'ocpp*' for all that begin so`,
    ],
    [{ partnerHosts: ['a*b'] }, `'partnerHosts' ${HOSTS} 'a*b'; write 'ocpp*' for all that begin so`],
    [
      { rateLimits: [RateLimit.perAddress({ limit: 9 })] },
      "'limit' must be a whole number from 10 to 2000000000, got 9",
    ],
    [
      { rateLimits: [RateLimit.perStation({ limit: 2_000_000_001 })] },
      "'limit' must be a whole number from 10 to 2000000000, got 2000000001",
    ],
    [
      { rateLimits: [RateLimit.perAddress({ limit: 10, window: Duration.minutes(3) })] },
      "'window' must be 1, 2, 5 or 10 minutes, got 3 minutes",
    ],
    [
      { rateLimits: [RateLimit.perAddress({ limit: 10, hosts: [] })] },
      "'hosts' of a rate limit must hold a host, got none; leave it out for the default",
    ],
    [
      { managedRules: [ManagedRuleGroup.posix(), ManagedRuleGroup.posix()] },
      "'managedRules' must hold different groups with names of their own, got 'AWSManagedRulesUnixRuleSet' again; a group costs its capacity each time",
    ],
    [
      { managedRules: [ManagedRuleGroup.of({ vendor: 'X', name: 'BlockedAddresses', capacity: 1 })] },
      "'managedRules' must hold different groups with names of their own, got 'BlockedAddresses' again; a group costs its capacity each time",
    ],
    [
      { rateLimits: [], managedRules: [ManagedRuleGroup.of({ vendor: 'X', name: 'Y', capacity: 4995 })] },
      "'managedRules' and 'rateLimits' must take at most 5000 capacity units together, got 5001; leave a group out",
    ],
    [
      { blockResponse: BlockResponse.html('') },
      "'blockResponse' must have a body of 1 to 4096 bytes, got 0; let a longer page be an error page of the distribution",
    ],
    [
      { blockResponse: BlockResponse.text('é'.repeat(2_049)) },
      "'blockResponse' must have a body of 1 to 4096 bytes, got 4098; let a longer page be an error page of the distribution",
    ],
    [{ protectedHeaders: ['x y'] }, "'protectedHeaders' must hold names of headers, up to 64 characters, got 'x y'"],
    [
      { protectedHeaders: Array.from({ length: 26 }, (_, index) => `x${index}`) },
      "'protectedHeaders' must hold at most 25 headers, got 26",
    ],
  ];

  test.each(refused)('is refused with the way out, case %#', (props, message) => {
    expect(() => webAcl(props)).toThrow(`[Test/WebAcl] ${message}`);
  });

  test('both ends of each range are taken', () => {
    webAcl({
      rateLimits: [
        RateLimit.perAddress({ limit: 10, window: Duration.minutes(1) }),
        RateLimit.perAddress({ limit: 2_000_000_000, window: Duration.minutes(10) }),
      ],
      managedRules: [],
      blockResponse: BlockResponse.text('x'.repeat(4_096)),
      protectedHeaders: Array.from({ length: 25 }, (_, index) => `x${index}`),
    });
    expect(
      webAcl({ rateLimits: [], managedRules: [ManagedRuleGroup.of({ vendor: 'X', name: 'Y', capacity: 4994 })] })
        .capacity,
    ).toBe(5000);
  });

  test('beyond 1500 capacity units the price is said', () => {
    const acl = webAcl({ rateLimits: [RateLimit.perAddress({ limit: 2_000 }), RateLimit.perStation({ limit: 60 })] });
    expect(acl.capacity).toBe(1529);
    Annotations.fromStack(Stack.of(acl)).hasWarning(
      '/Test/WebAcl',
      'the web ACL takes 1529 capacity units; beyond 1500 AWS asks 0.20 USD per million requests for each further 500: here 0.20 USD. ' +
        'Leave a group out, or acknowledge this [ack: cdk-charging-platform:webAclCapacity]',
    );
  });
});

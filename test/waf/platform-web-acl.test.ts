import { Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as logs from 'aws-cdk-lib/aws-logs';
import { PlatformWebAcl, type PlatformWebAclProps } from '../../src/waf/platform-web-acl';
import { WebAclScope } from '../../src/waf/web-acl-scope';
import { nagFindings, strictFindings } from '../support/findings';
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

  test('three packs and the strict validator have nothing to say', () => {
    expect(nagFindings(stack)).toEqual([]);
    expect(strictFindings(stack)).toEqual([]);
  });
});

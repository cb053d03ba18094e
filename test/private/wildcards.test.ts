import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PolicyRole } from '../../src/private/role';
import { acknowledgeWildcards } from '../../src/private/wildcards';
import { nagFindings } from '../support/findings';
import { newStack } from '../support/stacks';

/** Findings about wildcards of a role that may use `resources`, of which some are acknowledged. */
function findings(stack: Stack, resources: string[], acknowledged: string[]): string[] {
  const role = new PolicyRole(stack, 'Reader', {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    description: 'reads',
  });
  role.allow(['s3:GetObject'], resources);
  acknowledgeWildcards(role, 'a reason', ...acknowledged);
  return nagFindings(stack).filter((finding) => finding.includes('IAM5'));
}

const patterns = (stack: Stack, role: iam.Role) => [
  '*',
  'arn:aws:s3:::bucket/*',
  `arn:${stack.partition}:s3:::${stack.account}-${stack.region}/*`,
  `${role.roleArn}/*`,
  `arn:aws:s3:::${role.roleName}/*`,
];

test.each([undefined, { account: '111122223333', region: 'eu-south-2' }])('covers every spelling in %j', (env) => {
  const stack = newStack(env);
  const role = new iam.Role(stack, 'Other', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  const all = patterns(stack, role);
  expect(findings(stack, all, all)).toEqual([]);
});

test('covers only what it names', () => {
  const stack = newStack();
  expect(findings(stack, ['arn:aws:s3:::a/*', 'arn:aws:s3:::b/*'], ['arn:aws:s3:::a/*'])).toEqual([
    expect.stringContaining('IAM5[Resource::arn:aws:s3:::b/*]'),
  ]);
});

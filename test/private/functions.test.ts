import { Duration } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { defineKey } from '../../src/private/encryption';
import { pinFeatureFlags } from '../../src/private/feature-flags';
import { PlatformFunction } from '../../src/private/functions';
import { nagFindings } from '../support/findings';
import { arnOf, isAllowed, roleIdOf } from '../support/iam';
import { newStack, resourcesOf, templateOf } from '../support/stacks';

class Code extends lambda.Function {
  constructor(scope: Construct, id: string, props?: lambda.FunctionOptions) {
    super(scope, id, {
      ...props,
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => {};'),
    });
  }
}

function define(reservedConcurrentExecutions?: number) {
  const stack = newStack();
  const scope = new Construct(stack, 'Thing');
  pinFeatureFlags(scope);
  const fn = new PlatformFunction(scope, 'Parser', {
    code: Code,
    description: 'parses',
    encryptionKey: defineKey(scope, 'Key', 'a key'),
    timeout: Duration.seconds(10),
    reservedConcurrentExecutions,
  });
  return { stack, fn };
}

test('passes the three packs with and without reserved concurrency', () => {
  expect(nagFindings(define().stack)).toEqual([]);
  expect(nagFindings(define(1).stack)).toEqual([]);
});

test('writes to its own log group and no other', async () => {
  const { stack } = define();
  const role = roleIdOf(stack, 'Parser/Execution/Role');
  const [[own]] = resourcesOf(stack, 'AWS::Logs::LogGroup');
  const write = (group: string) =>
    isAllowed(stack, role, {
      action: 'logs:PutLogEvents',
      resource: arnOf('AWS::Logs::LogGroup', group).replace(/\*$/, 'log-stream:one'),
    });
  expect(await write(own)).toBe(true);
  expect(await write('Another')).toBe(false);
});

test('keeps permissions in one managed policy that exists before the function', () => {
  const { stack, fn } = define();
  fn.allow(['s3:GetObject'], ['arn:aws:s3:::some-bucket/*']);
  const [[policy]] = resourcesOf(stack, 'AWS::IAM::ManagedPolicy');
  templateOf(stack).resourceCountIs('AWS::IAM::Policy', 0);
  const [[, resource]] = resourcesOf(stack, 'AWS::Lambda::Function');
  expect(resource.DependsOn).toContain(policy);
});

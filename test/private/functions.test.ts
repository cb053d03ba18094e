import { Aws, Duration } from 'aws-cdk-lib';
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

function define(reservedConcurrentExecutions?: number, environment?: Record<string, string>) {
  const stack = newStack();
  const scope = new Construct(stack, 'Thing');
  pinFeatureFlags(scope);
  const fn = new PlatformFunction(scope, 'Parser', {
    code: Code,
    description: 'parses',
    encryptionKey: defineKey(scope, 'Key', 'a key'),
    timeout: Duration.seconds(10),
    reservedConcurrentExecutions,
    environment,
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

describe('the environment has the 4096 bytes that Lambda takes', () => {
  const synthesise = (environment: Record<string, string>) => templateOf(define(undefined, environment).stack);

  test.each([
    ['letters', 'x'.repeat(4088)],
    ['bytes of letters', 'ñ'.repeat(2044)],
    ['what CloudFormation adds counts for nothing', `${Aws.REGION}${'x'.repeat(4088)}`],
  ])('just: %s', (_, NETWORKS) => {
    expect(() => synthesise({ NETWORKS })).not.toThrow();
  });

  test.each([
    ['letters', 'x'.repeat(4089), 4097],
    ['bytes of letters', 'ñ'.repeat(2045), 4098],
    ['around what CloudFormation adds', `${'x'.repeat(2000)}${Aws.REGION}${'x'.repeat(2089)}`, 4097],
  ])('and no more: %s', (_, NETWORKS, bytes) => {
    expect(() => synthesise({ NETWORKS })).toThrow(
      `[Test/Thing/Parser] the environment of a function must be at most 4096 bytes, got ${bytes} or more, ${bytes} of them for NETWORKS; shorten the props that it is made of`,
    );
  });

  test('the longest is named', () => {
    expect(() => synthesise({ A: 'x'.repeat(2000), B: 'x'.repeat(2100) })).toThrow(
      'got 4102 or more, 2101 of them for B',
    );
  });
});

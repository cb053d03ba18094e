import { App, Stack } from 'aws-cdk-lib';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { pinFeatureFlags } from '../../src/private/feature-flags';

test('pins flags that the CDK knows, below the construct only', () => {
  const stack = new Stack(new App({ context: { '@aws-cdk/aws-s3:createDefaultLoggingPolicy': false } }));
  const pinned = new Construct(stack, 'Pinned');
  const beside = new Construct(stack, 'Beside');
  pinFeatureFlags(pinned);
  const child = new Construct(pinned, 'Child');
  expect(child.node.tryGetContext(cxapi.S3_CREATE_DEFAULT_LOGGING_POLICY)).toBe(true);
  expect(beside.node.tryGetContext(cxapi.S3_CREATE_DEFAULT_LOGGING_POLICY)).toBe(false);
});

test('every pinned flag exists in this CDK', () => {
  const scope = new Construct(new Stack(new App()), 'Scope');
  const seen: string[] = [];
  jest.spyOn(scope.node, 'setContext').mockImplementation((flag) => void seen.push(flag));
  pinFeatureFlags(scope);
  expect(seen.length).toBeGreaterThan(5);
  expect(seen.filter((flag) => !(flag in cxapi.FLAGS))).toEqual([]);
});

import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { defineDataBucket, defineLogBucket } from '../../src/private/buckets';
import { defineKey } from '../../src/private/encryption';
import { pinFeatureFlags } from '../../src/private/feature-flags';
import { nagFindings } from '../support/findings';
import { newStack, resourcesOf, templateOf } from '../support/stacks';

function define(options: { versioned: boolean; eventBridge?: boolean }) {
  const stack = newStack();
  const scope = new Construct(stack, 'Thing');
  pinFeatureFlags(scope);
  const accessLogs = defineLogBucket(scope, 'AccessLogs', Duration.days(90));
  defineDataBucket(scope, 'Data', { encryptionKey: defineKey(scope, 'Key', 'a key'), accessLogs, ...options });
  return stack;
}

test.each([true, false])('passes the three packs, versioned: %s', (versioned) => {
  expect(nagFindings(define({ versioned }))).toEqual([]);
});

test('buckets are kept, private and TLS only', () => {
  const stack = define({ versioned: true });
  const buckets = resourcesOf(stack, 'AWS::S3::Bucket');
  expect(buckets).toHaveLength(2);
  for (const [, bucket] of buckets) {
    expect(bucket.DeletionPolicy).toBe('Retain');
    expect(bucket.Properties.AccessControl).toBeUndefined();
    expect(bucket.Properties.PublicAccessBlockConfiguration.RestrictPublicBuckets).toBe(true);
  }
  templateOf(stack).resourceCountIs('Custom::S3BucketNotifications', 0);
});

test('logs expire, data does not', () => {
  const [[, logs], [, data]] = resourcesOf(define({ versioned: true }), 'AWS::S3::Bucket');
  expect(logs.Properties.LifecycleConfiguration.Rules[0].ExpirationInDays).toBe(90);
  expect(data.Properties.LifecycleConfiguration.Rules[0].ExpirationInDays).toBeUndefined();
});

test('events go to EventBridge only when asked for, and without a custom resource', () => {
  const notifications = (eventBridge?: boolean) =>
    resourcesOf(define({ versioned: true, eventBridge }), 'AWS::S3::Bucket')[1][1].Properties.NotificationConfiguration;
  expect(notifications()).toBeUndefined();
  expect(notifications(true)).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
});

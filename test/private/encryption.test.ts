import { allowEvents, allowMailEvents, defineKey } from '../../src/private/encryption';
import { newStack, resourcesOf } from '../support/stacks';

function statement(sid: string, allow: (key: ReturnType<typeof defineKey>) => void) {
  const stack = newStack();
  allow(defineKey(stack, 'Key', 'Test'));
  const [[, key]] = resourcesOf(stack, 'AWS::KMS::Key');
  return key.Properties.KeyPolicy.Statement.find(({ Sid }: { Sid?: string }) => Sid === sid);
}

test('EventBridge may use a key without a condition, which it could not meet', () => {
  expect(statement('Events', allowEvents)).toEqual({
    Sid: 'Events',
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    Resource: '*',
  });
});

test('SES may use a key for this account only', () => {
  expect(statement('Publishers', allowMailEvents)).toMatchObject({
    Principal: { Service: 'ses.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
  });
});

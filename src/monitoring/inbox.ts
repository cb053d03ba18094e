import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { mayPublish } from './publishers';

/** The last step to an inbox, which alarms about the way there take by themselves. */
export function inboxOf(scope: Construct, email: string, encryptionKey: kms.IKey): sns.Topic {
  const topic = new sns.Topic(scope, 'Email', { masterKey: encryptionKey, enforceSSL: true });
  for (const statement of mayPublish(topic)) {
    topic.addToResourcePolicy(statement);
  }
  new sns.Subscription(scope, 'Inbox', { topic, protocol: sns.SubscriptionProtocol.EMAIL, endpoint: email });
  return topic;
}

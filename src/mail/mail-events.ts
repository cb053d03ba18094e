import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { allowMailEvents } from '../private/encryption';

/** What SES tells: all that went wrong, nothing of mail that arrived. */
const EVENTS = [
  ses.EmailSendingEvent.BOUNCE,
  ses.EmailSendingEvent.COMPLAINT,
  ses.EmailSendingEvent.REJECT,
  ses.EmailSendingEvent.RENDERING_FAILURE,
  ses.EmailSendingEvent.DELIVERY_DELAY,
];

export interface MailEventsProps {
  readonly configurationSet: ses.ConfigurationSet;
  readonly configurationSetName: string;
  readonly encryptionKey: kms.IKey;
}

/** Events of a configuration set, published to a topic. */
export class MailEvents extends Construct {
  public readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, props: MailEventsProps) {
    super(scope, id);
    allowMailEvents(props.encryptionKey);
    this.topic = new sns.Topic(this, 'Topic', { masterKey: props.encryptionKey, enforceSSL: true });
    this.definePublishing(props);
  }

  private definePublishing({ configurationSet, configurationSetName }: MailEventsProps): void {
    const { account } = Stack.of(this);
    const sourceArn = Stack.of(this).formatArn({
      service: 'ses',
      resource: 'configuration-set',
      resourceName: configurationSetName,
    });
    const { policyDependable } = this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'MailEvents',
        principals: [new iam.ServicePrincipal('ses.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': account }, ArnEquals: { 'aws:SourceArn': sourceArn } },
      }),
    );
    const destination = configurationSet.addEventDestination('ToTopic', {
      destination: ses.EventDestination.snsTopic(this.topic),
      events: EVENTS,
    });
    // SES publishes a test message when it is told of the topic.
    destination.node.addDependency(policyDependable ?? this.topic);
  }
}

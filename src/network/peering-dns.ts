import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { defineKey } from '../private/encryption';
import { PlatformFunction } from '../private/functions';
import { ACCEPTER_PROPERTY, PEERING_ID_PROPERTY, REQUESTER_PROPERTY } from './constants';
import { PeeringDnsFunction } from './peering-dns-function';

export interface PeeringDnsProps {
  readonly peeringId: string;
  /** Whether this end asked for the peering. */
  readonly requester: boolean;
  /** Whether this end accepted it. */
  readonly accepter: boolean;
}

/** Host names of this end resolve to private addresses at the other. CloudFormation cannot set it: a function of ours does. */
export class PeeringDns extends Construct {
  constructor(scope: Construct, id: string, props: PeeringDnsProps) {
    super(scope, id);
    const setter = new PlatformFunction(this, 'Setter', {
      code: PeeringDnsFunction,
      description: 'Sets DNS resolution of a VPC peering for CloudFormation',
      encryptionKey: defineKey(this, 'Key', 'Encrypts the log of the function that sets DNS resolution of a peering'),
      timeout: Duration.minutes(2),
    });
    setter.allow(
      ['ec2:ModifyVpcPeeringConnectionOptions'],
      [
        Stack.of(this).formatArn({
          service: 'ec2',
          resource: 'vpc-peering-connection',
          resourceName: props.peeringId,
        }),
      ],
    );
    const setting = new CustomResource(this, 'Setting', {
      resourceType: 'Custom::PeeringDns',
      serviceToken: setter.function.functionArn,
      serviceTimeout: Duration.minutes(10),
      properties: {
        [PEERING_ID_PROPERTY]: props.peeringId,
        [REQUESTER_PROPERTY]: props.requester,
        [ACCEPTER_PROPERTY]: props.accepter,
      },
    });
    setting.node.addDependency(setter);
  }
}

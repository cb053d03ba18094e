import { RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as resolver from 'aws-cdk-lib/aws-route53resolver';
import { Construct } from 'constructs';
import { logDelivery } from '../private/log-delivery';

export interface QueryLogProps {
  readonly vpc: ec2.IVpc;
  readonly encryptionKey: kms.IKey;
  readonly retention: logs.RetentionDays;
}

/** What the machines of a VPC asked, and what they were answered. */
export class QueryLog extends Construct {
  public readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: QueryLogProps) {
    super(scope, id);
    this.logGroup = new logs.LogGroup(this, 'LogGroup', {
      encryptionKey: props.encryptionKey,
      retention: props.retention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { policyDependable } = this.allowDelivery();
    const config = new resolver.CfnResolverQueryLoggingConfig(this, 'Config', {
      destinationArn: this.logGroup.logGroupArn,
    });
    if (policyDependable) {
      config.node.addDependency(policyDependable);
    }
    new resolver.CfnResolverQueryLoggingConfigAssociation(this, 'Association', {
      resolverQueryLogConfigId: config.attrId,
      resourceId: props.vpc.vpcId,
    });
  }

  /** AWS adds this by itself only when whoever deploys may change the account's log policies. */
  private allowDelivery() {
    return this.logGroup.addToResourcePolicy(
      new iam.PolicyStatement({
        ...logDelivery(this),
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
  }
}

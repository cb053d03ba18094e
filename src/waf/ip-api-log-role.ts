import { RemovalPolicy } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { PolicyRole } from '../private/role';

/** The one role per account and region by which API Gateway writes logs. Kept on removal, because other APIs use it too. */
export class ApiGatewayLogRole extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const writer = new PolicyRole(this, 'Writer', {
      assumedBy: new iam.ServicePrincipal('apigateway.amazonaws.com'),
      description: 'Lets API Gateway write the logs of this account',
    });
    // API Gateway checks that the role has these, on everything, before it accepts it.
    writer.allow(
      [
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:DescribeLogGroups',
        'logs:DescribeLogStreams',
        'logs:FilterLogEvents',
        'logs:GetLogEvents',
        'logs:PutLogEvents',
      ],
      ['*'],
    );
    acknowledge(
      writer,
      'API Gateway accepts the role only with these actions on all log groups, as its own managed policy has them',
      'AwsSolutions-IAM5[Resource::*]',
    );
    const account = new apigateway.CfnAccount(this, 'Account', { cloudWatchRoleArn: writer.role.roleArn });
    account.node.addDependency(writer);
    for (const child of this.node.findAll()) {
      if (child instanceof iam.CfnRole || child instanceof iam.CfnManagedPolicy || child === account) {
        (child as apigateway.CfnAccount).applyRemovalPolicy(RemovalPolicy.RETAIN);
      }
    }
  }
}

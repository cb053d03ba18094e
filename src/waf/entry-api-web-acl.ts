import { ArnFormat, Names, RemovalPolicy } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

export interface EntryApiWebAclProps {
  readonly stage: apigateway.Stage;
  readonly encryptionKey: kms.IKey;
}

/** Requests of one address in five minutes. People work slower. */
const RATE_LIMIT = 300;

/** Guards the manual API without any block list: an operator who blocked himself can still unblock. */
export class EntryApiWebAcl extends Construct {
  constructor(scope: Construct, id: string, props: EntryApiWebAclProps) {
    super(scope, id);
    const webAcl = new wafv2.CfnWebACL(this, 'Resource', {
      description: 'Manual IP entries: no block lists',
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility('EntryApi'),
      rules: [
        {
          name: 'Rate',
          priority: 0,
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: { rateBasedStatement: { aggregateKeyType: 'IP', limit: RATE_LIMIT } },
          visibilityConfig: visibility('EntryApiRate'),
        },
        {
          name: 'Common',
          priority: 1,
          overrideAction: { none: {} },
          statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesCommonRuleSet' } },
          visibilityConfig: visibility('EntryApiCommon'),
        },
      ],
    });
    new wafv2.CfnWebACLAssociation(this, 'Association', {
      webAclArn: webAcl.attrArn,
      resourceArn: props.stage.stageArn,
    });
    // WAF demands the beginning of the name.
    const log = new logs.LogGroup(this, 'Log', {
      logGroupName: `aws-waf-logs-${Names.uniqueResourceName(this, { maxLength: 100, separator: '-' })}`,
      encryptionKey: props.encryptionKey,
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new wafv2.CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: webAcl.attrArn,
      logDestinationConfigs: [logArnOf(log)],
      redactedFields: [{ singleHeader: { Name: 'authorization' } }],
    });
  }
}

/** WAF wants the group's ARN without the `:*` that CloudFormation ends it with. */
function logArnOf(log: logs.LogGroup): string {
  return log.stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: log.logGroupName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

function visibility(metricName: string): wafv2.CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}

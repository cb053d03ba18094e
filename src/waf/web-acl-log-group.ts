import { ArnFormat, Names, RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { defineKey } from '../private/encryption';
import { LogFilter } from './log-filter';
import { defineWebAclLogging } from './web-acl-logging';

export interface WebAclLogGroupProps {
  readonly webAcl: wafv2.CfnWebACL;
  readonly retention: logs.RetentionDays;
  readonly protectedHeaders: readonly string[];
}

/** The small form of logs: what was blocked or counted, in a log group. */
export class WebAclLogGroup extends Construct {
  constructor(scope: Construct, id: string, props: WebAclLogGroupProps) {
    super(scope, id);
    // WAF demands the beginning of the name.
    const group = new logs.LogGroup(this, 'Group', {
      logGroupName: `aws-waf-logs-${Names.uniqueResourceName(this, { maxLength: 100, separator: '-' })}`,
      encryptionKey: defineKey(this, 'Key', 'Log of blocked and counted requests'),
      retention: props.retention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // WAF wants the group's ARN without the `:*` that CloudFormation ends it with.
    const destinationArn = group.stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: group.logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    defineWebAclLogging(this, 'Configuration', {
      webAclArn: props.webAcl.attrArn,
      destinationArn,
      protectedHeaders: props.protectedHeaders,
      filter: LogFilter.blockedAndCounted(),
    });
  }
}

import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { LogFilter } from './log-filter';

/** With it the name of each destination must begin. */
export const WAF_LOG_NAME_PREFIX = 'aws-waf-logs-';

export interface WebAclLoggingProps {
  readonly webAclArn: string;
  /** Of a log group, bucket or delivery stream. */
  readonly destinationArn: string;
  readonly protectedHeaders: readonly string[];
  readonly filter: LogFilter;
}

/** Where the requests that a web ACL saw are written. WAF takes the inner names only as its API spells them. */
export function defineWebAclLogging(
  scope: Construct,
  id: string,
  props: WebAclLoggingProps,
): wafv2.CfnLoggingConfiguration {
  return new wafv2.CfnLoggingConfiguration(scope, id, {
    resourceArn: props.webAclArn,
    logDestinationConfigs: [props.destinationArn],
    redactedFields: props.protectedHeaders.map((Name) => ({ singleHeader: { Name } })),
    loggingFilter: props.filter._definition,
  });
}

import { Duration, type Environment, type Stack } from 'aws-cdk-lib';
import { Offence } from '../../src/waf/offence';
import { PlatformWebAcl } from '../../src/waf/platform-web-acl';
import { WafIpAccess } from '../../src/waf/waf-ip-access';
import { WafLogAnalytics, type WafLogAnalyticsProps } from '../../src/waf/waf-log-analytics';
import { newStack, SPAIN } from '../support/stacks';

/** A regional web ACL with its table of entries and its log analytics, in a stack of their own. */
export function analytics(
  props: Partial<WafLogAnalyticsProps> = {},
  env: Environment = SPAIN,
): { stack: Stack; webAcl: PlatformWebAcl; ipAccess: WafIpAccess; wafLogs: WafLogAnalytics } {
  const stack = newStack(env);
  const webAcl = new PlatformWebAcl(stack, 'WebAcl');
  const ipAccess = new WafIpAccess(stack, 'IpAccess', { webAcls: [webAcl] });
  const wafLogs = new WafLogAnalytics(stack, 'WafLogs', {
    webAcl,
    ipAccess,
    directHosts: ['*'],
    offences: [Offence.blockedRequests({ threshold: 100, window: Duration.minutes(5) })],
    ...props,
  });
  return { stack, webAcl, ipAccess, wafLogs };
}

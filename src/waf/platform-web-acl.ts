import { Names } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { aws_wafv2, ResourceEnvironment } from 'aws-cdk-lib/interfaces';
import { Construct } from 'constructs';
import { pinFeatureFlags } from '../private/feature-flags';
import type { WriterIpSets } from './ip-sets';
import { PlatformIpSets } from './platform-ip-sets';
import { ALLOWED_LABEL, ALLOWED_RULE, BLOCKED_RULE } from './web-acl-names';
import { WebAclScope } from './web-acl-scope';
import { allOf, anyOf, fromAddressIn, hasLabel, not } from './web-acl-statements';
import { validateProtects, validateScope } from './web-acl-validation';

/** Properties of `PlatformWebAcl`. */
export interface PlatformWebAclProps {
  /**
   * What kind of entrance it stands in front of. A change replaces the web ACL.
   * @default WebAclScope.REGIONAL
   */
  readonly scope?: WebAclScope;
  /**
   * Load balancers that send their requests through it. Network load balancers know no requests; protect the application load
   * balancer behind them.
   * @default []
   */
  readonly protects?: elbv2.IApplicationLoadBalancer[];
}

/** Decides which requests reach the platform. */
export class PlatformWebAcl extends Construct implements aws_wafv2.IWebACLRef {
  /** How other constructs refer to it. */
  public readonly webAclRef: aws_wafv2.WebACLReference;
  /** Account and region it lives in. */
  public readonly env: ResourceEnvironment;
  /**
   * The sets that `WafIpAccess` fills.
   * @internal
   */
  public readonly _ipSets: WriterIpSets;
  private readonly metricName: string;

  constructor(scope: Construct, id: string, props: PlatformWebAclProps = {}) {
    super(scope, id);
    pinFeatureFlags(this);
    const webAclScope = props.scope ?? WebAclScope.REGIONAL;
    const protects = props.protects ?? [];
    validateScope(this, webAclScope);
    validateProtects(this, webAclScope, protects);

    const ipSets = new PlatformIpSets(this, 'IpSets', webAclScope);
    this.metricName = Names.uniqueResourceName(this, { maxLength: 128, separator: '-' });
    const resource = new wafv2.CfnWebACL(this, 'Resource', {
      name: this.metricName,
      scope: webAclScope,
      defaultAction: { allow: {} },
      visibilityConfig: visibility(this.metricName),
      rules: [
        {
          name: ALLOWED_RULE,
          priority: 0,
          action: { count: {} },
          ruleLabels: [{ name: ALLOWED_LABEL }],
          statement: anyOf(...ipSets.allow.map(fromAddressIn)),
          visibilityConfig: visibility(ALLOWED_RULE),
        },
        {
          name: BLOCKED_RULE,
          priority: 1,
          action: { block: {} },
          statement: allOf(anyOf(...ipSets.block.map(fromAddressIn)), not(hasLabel(ALLOWED_LABEL))),
          visibilityConfig: visibility(BLOCKED_RULE),
        },
      ],
    });
    protects.forEach((loadBalancer, index) => {
      new wafv2.CfnWebACLAssociation(this, `Association${index}`, {
        webAclArn: resource.attrArn,
        resourceArn: loadBalancer.loadBalancerArn,
      });
    });
    this.webAclRef = {
      webAclName: this.metricName,
      webAclId: resource.attrId,
      scope: webAclScope,
      webAclArn: resource.attrArn,
    };
    this.env = resource.env;
    this._ipSets = ipSets.references;
  }

  /** Requests that were blocked, by any rule. */
  public metricBlockedRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('BlockedRequests', options);
  }

  /** Requests that were let through. */
  public metricAllowedRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('AllowedRequests', options);
  }

  private metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/WAFV2',
      metricName,
      statistic: cloudwatch.Stats.SUM,
      dimensionsMap: { WebACL: this.metricName, Rule: 'ALL' },
      ...options,
    });
  }
}

function visibility(metricName: string): wafv2.CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}

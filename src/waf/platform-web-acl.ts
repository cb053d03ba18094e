import { Aws, Names, Stack } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { aws_wafv2, ResourceEnvironment } from 'aws-cdk-lib/interfaces';
import { Construct, type IConstruct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { pinFeatureFlags } from '../private/feature-flags';
import type { BlockResponse } from './block-response';
import { ManagedRuleGroup } from './managed-rule-group';
import { PlatformIpSets, type WriterIpSets } from './platform-ip-sets';
import { RateLimit } from './rate-limit';
import { WebAclLogGroup } from './web-acl-log-group';
import { visibility, webAclRules } from './web-acl-rules';
import { WebAclScope } from './web-acl-scope';
import * as validation from './web-acl-validation';

/** Properties of `PlatformWebAcl`. */
export interface PlatformWebAclProps {
  /**
   * What kind of entrance it stands in front of. A change replaces the web ACL and its IP sets.
   * @default WebAclScope.REGIONAL
   */
  readonly scope?: WebAclScope;
  /**
   * Load balancers that send their requests through it. Network load balancers know no requests: protect the application load
   * balancer behind them.
   * @default []
   */
  readonly protects?: elbv2.IApplicationLoadBalancer[];
  /**
   * Stages of REST APIs that send their requests through it.
   * @default []
   */
  readonly protectsStages?: apigateway.IStage[];
  /**
   * Rule groups of AWS and other vendors, in the order in which they look at a request.
   * @default - IP reputation, anonymous addresses, common rules, known bad inputs, SQL injection, Linux and POSIX, all blocking
   */
  readonly managedRules?: ManagedRuleGroup[];
  /**
   * Limits of requests.
   * @default - 2000 requests in 5 minutes per address, on hosts that are neither charge points' nor partners'
   */
  readonly rateLimits?: RateLimit[];
  /**
   * Hosts that charge points connect to: names, or many by one `*` at the beginning or the end. Rules that only people's browsers
   * can pass do not block there. A host that nothing answers for gains an attacker nothing.
   * @default ['ocpp*']
   */
  readonly chargePointHosts?: string[];
  /**
   * Hosts that roaming partners' systems call (OCPI), written and treated like `chargePointHosts`.
   * @default ['ocpi*']
   */
  readonly partnerHosts?: string[];
  /**
   * Whether requests from allowed addresses pass every rule. By default they pass the block list only: injection attacks and
   * rate limits still hold for a partner whose system was taken over.
   * @default false
   */
  readonly allowListBypass?: boolean;
  /**
   * Body of the web ACL's own refusals.
   * @default - an empty body
   */
  readonly blockResponse?: BlockResponse;
  /**
   * Headers whose values never leave WAF, neither in logs nor in sampled requests, at most 25.
   * @see https://docs.aws.amazon.com/waf/latest/developerguide/data-protection-masking.html
   * @default ['authorization', 'cookie']
   */
  readonly protectedHeaders?: string[];
  /**
   * How long blocked and counted requests are kept in a CloudWatch log group. For more than that leave it out and use
   * `WafLogAnalytics`: a web ACL has one destination of logs.
   * @default - nothing is logged here
   */
  readonly logRetention?: logs.RetentionDays;
}

/**
 * Decides which requests reach the platform, without keeping charge points and roaming partners out.
 *
 * It defines a web ACL of at most 1500 capacity units and four empty IP sets, which `WafIpAccess` fills and a deployment never
 * touches. Nothing of it is kept on removal. A change of `scope` or of the construct's path replaces it.
 */
export class PlatformWebAcl extends Construct implements aws_wafv2.IWebACLRef {
  /** How other constructs refer to it. */
  public readonly webAclRef: aws_wafv2.WebACLReference;
  /** Account and region it lives in. */
  public readonly env: ResourceEnvironment;
  /** Capacity units that its rules take; AWS includes 1500 in the price. */
  public readonly capacity: number;
  /**
   * The sets that `WafIpAccess` fills.
   * @internal
   */
  public readonly _ipSets: WriterIpSets;
  /** @internal */
  public readonly _chargePointHosts: string[];
  /** @internal */
  public readonly _protectedHeaders: string[];
  /** @internal */
  public readonly _resource: wafv2.CfnWebACL;
  /**
   * What logs its requests, of which there can be one.
   * @internal
   */
  public _loggedBy?: string;

  constructor(scope: Construct, id: string, props: PlatformWebAclProps = {}) {
    super(scope, id);
    pinFeatureFlags(this);
    const webAclScope = props.scope ?? WebAclScope.REGIONAL;
    const managedRules = props.managedRules ?? defaultManagedRules();
    const rateLimits = props.rateLimits ?? [RateLimit.perAddress({ limit: 2000 })];
    const chargePointHosts = props.chargePointHosts ?? ['ocpp*'];
    const partnerHosts = props.partnerHosts ?? ['ocpi*'];
    const protectedHeaders = props.protectedHeaders ?? ['authorization', 'cookie'];
    validation.validateScope(this, webAclScope);
    validation.validateProtected(this, webAclScope, 'protects', (props.protects ?? []).length);
    validation.validateProtected(this, webAclScope, 'protectsStages', (props.protectsStages ?? []).length);
    validation.validateLoadBalancers(this, props.protects ?? []);
    validation.validateHosts(this, 'chargePointHosts', chargePointHosts);
    validation.validateHosts(this, 'partnerHosts', partnerHosts);
    validation.validateRateLimits(this, rateLimits);
    validation.validateManagedRules(this, managedRules);
    validation.validateBlockResponse(this, props.blockResponse);
    validation.validateProtectedHeaders(this, protectedHeaders);

    const ipSets = new PlatformIpSets(this, 'IpSets', webAclScope);
    const { rules, capacity } = webAclRules({
      ipSets,
      allowListBypass: props.allowListBypass ?? false,
      chargePointHosts,
      partnerHosts,
      rateLimits,
      managedRules,
      bodyKey: props.blockResponse && BODY_KEY,
    });
    validation.validateCapacity(this, capacity);
    this.capacity = capacity;
    this._ipSets = ipSets.references;
    this._chargePointHosts = chargePointHosts;
    this._protectedHeaders = protectedHeaders;
    this._resource = this.defineWebAcl(webAclScope, rules, props.blockResponse, protectedHeaders);
    this.webAclRef = {
      webAclName: this._resource.name as string,
      webAclId: this._resource.attrId,
      scope: webAclScope,
      webAclArn: this._resource.attrArn,
    };
    this.env = this._resource.env;
    this.protect(props);
    if (props.logRetention !== undefined) {
      this._loggedBy = "'logRetention'";
      new WebAclLogGroup(this, 'Log', { webAcl: this._resource, retention: props.logRetention, protectedHeaders });
    }
  }

  /** Requests that were blocked, by any rule. */
  public metricBlockedRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('BlockedRequests', options);
  }

  /** Requests that were let through. */
  public metricAllowedRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('AllowedRequests', options);
  }

  /** Matches of rules that only count. */
  public metricCountedRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('CountedRequests', options);
  }

  /**
   * Takes note that `logging` defines where requests are logged.
   * @internal
   */
  public _logElsewhere(logging: IConstruct): void {
    this._loggedBy = `'${logging.node.path}'`;
    if (Stack.of(logging) !== Stack.of(this)) {
      acknowledge(
        this._resource,
        `Requests are logged by ${logging.node.path}, in a stack that reads this one; the rule looks at one stack only`,
        'NIST.800.53.R5-WAFv2LoggingEnabled',
        'PCI.DSS.321-WAFv2LoggingEnabled',
      );
    }
  }

  /** The name, which the metrics and the log show, is made from the construct's place in the app. */
  private defineWebAcl(
    webAclScope: WebAclScope,
    rules: wafv2.CfnWebACL.RuleProperty[],
    response: BlockResponse | undefined,
    protectedHeaders: string[],
  ): wafv2.CfnWebACL {
    const name = Names.uniqueResourceName(this, { maxLength: 128, separator: '-' });
    return new wafv2.CfnWebACL(this, 'Resource', {
      name,
      scope: webAclScope,
      defaultAction: { allow: {} },
      visibilityConfig: visibility(name),
      rules,
      customResponseBodies: response && {
        [BODY_KEY]: { content: response.body, contentType: response._contentType },
      },
      dataProtectionConfig:
        protectedHeaders.length === 0
          ? undefined
          : {
              dataProtections: [
                { action: 'SUBSTITUTION', field: { fieldType: 'SINGLE_HEADER', fieldKeys: protectedHeaders } },
              ],
            },
    });
  }

  private protect({ protects = [], protectsStages = [] }: PlatformWebAclProps): void {
    for (const [index, resourceArn] of [
      ...protects.map(({ loadBalancerArn }) => loadBalancerArn),
      ...protectsStages.map((stage) => stageArnOf(stage)),
    ].entries()) {
      new wafv2.CfnWebACLAssociation(this, `Association${index}`, { webAclArn: this._resource.attrArn, resourceArn });
    }
  }

  private metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const regional = this.webAclRef.scope === WebAclScope.REGIONAL ? { Region: this.env.region } : undefined;
    return new cloudwatch.Metric({
      namespace: 'AWS/WAFV2',
      metricName,
      statistic: cloudwatch.Stats.SUM,
      dimensionsMap: { WebACL: this.webAclRef.webAclName, Rule: 'ALL', ...regional },
      ...options,
    });
  }
}

const BODY_KEY = 'Refused';

/** Cheap and certain groups first. */
function defaultManagedRules(): ManagedRuleGroup[] {
  return [
    ManagedRuleGroup.ipReputation(),
    ManagedRuleGroup.anonymousIps(),
    ManagedRuleGroup.commonRuleSet(),
    ManagedRuleGroup.knownBadInputs(),
    ManagedRuleGroup.sqlInjection(),
    ManagedRuleGroup.linux(),
    ManagedRuleGroup.posix(),
  ];
}

/** A stage has no ARN of its own outside API Gateway's own service. */
function stageArnOf({ restApi, stageName }: apigateway.IStage): string {
  return `arn:${Aws.PARTITION}:apigateway:${restApi.env.region}::/restapis/${restApi.restApiId}/stages/${stageName}`;
}

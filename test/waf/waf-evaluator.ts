import { Stack } from 'aws-cdk-lib';
import { formatNetwork, overlaps, parseNetwork } from '../../src/waf/ip-ranges';
import type { PlatformWebAcl } from '../../src/waf/platform-web-acl';
import { resourcesOf } from '../support/stacks';

type Json = ReturnType<typeof JSON.parse>;

export interface TestRequest {
  readonly ip?: string;
  readonly host: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** Bytes. */
  readonly body?: number;
  /** What of the body the rules would see. */
  readonly bodyText?: string;
  readonly query?: string;
  /** Epoch seconds, for rates. */
  readonly at?: number;
}

export interface Verdict {
  readonly action: 'ALLOW' | 'BLOCK';
  /** The rule that ended it, `Default_Action` when none did. */
  readonly rule: string;
  readonly status?: number;
  /** Rules, of groups too, that matched and only counted. */
  readonly counted: string[];
}

/** Which addresses stand in which set, by the end of the set's construct id: `AllowIpv4`. */
export type SetContents = Record<string, string[]>;

interface ManagedRule {
  readonly label: string;
  matches(request: TestRequest): boolean;
}

const HOSTING = ['52.0.0.0/8', '34.64.0.0/10'];

/** AWS's own words for its rules, as far as charging traffic meets them; the other rules of the groups match attacks only. */
const MANAGED: Record<string, Record<string, ManagedRule>> = {
  AWSManagedRulesCommonRuleSet: {
    NoUserAgent_HEADER: core('NoUserAgent_Header', ({ headers = {} }) => !('user-agent' in headers)),
    SizeRestrictions_BODY: core('SizeRestrictions_Body', ({ body = 0 }) => body > 8192),
    GenericRFI_BODY: core('GenericRFI_Body', ({ bodyText = '' }) =>
      /https?:\/\/\d+\.\d+\.\d+\.\d+|:\/\//.test(bodyText),
    ),
    GenericLFI_URIPATH: core('GenericLFI_URIPath', ({ path = '/' }) => path.includes('../')),
    RestrictedExtensions_URIPATH: core('RestrictedExtensions_URIPath', ({ path = '/' }) => /\.(log|ini)$/.test(path)),
  },
  AWSManagedRulesAnonymousIpList: {
    HostingProviderIPList: {
      label: 'awswaf:managed:aws:anonymous-ip-list:HostingProviderIPList',
      matches: ({ ip }) => HOSTING.some((network) => holds(network, ip)),
    },
  },
  AWSManagedRulesKnownBadInputsRuleSet: {
    Log4JRCE_HEADER: {
      label: 'awswaf:managed:aws:known-bad-inputs:Log4JRCE_Header',
      matches: ({ headers = {} }) => Object.values(headers).some((value) => /\$\{jndi:/.test(value)),
    },
  },
  AWSManagedRulesSQLiRuleSet: {
    SQLi_QUERYARGUMENTS: {
      label: 'awswaf:managed:aws:sql-database:SQLi_QueryArguments',
      matches: ({ query = '' }) => /' or 1=1/i.test(query),
    },
  },
  AWSManagedRulesAmazonIpReputationList: {},
  AWSManagedRulesLinuxRuleSet: {},
  AWSManagedRulesUnixRuleSet: {},
};

/** Evaluates the rules of a synthesised web ACL as WAF would. It knows the statements that we emit and fails on any other. */
export class WafEvaluator {
  private readonly rules: Json[];
  private readonly setsByLogicalId = new Map<string, string[]>();
  private readonly rates = new Map<string, number[]>();
  private readonly prefix: string;

  constructor(webAcl: PlatformWebAcl, contents: SetContents = {}) {
    const stack = Stack.of(webAcl);
    const [, { Properties }] = resourcesOf(stack, 'AWS::WAFv2::WebACL').find(
      ([, resource]) => resource.Properties.Name === webAcl.webAclRef.webAclName,
    ) as [string, Json];
    this.rules = [...Properties.Rules].sort((a, b) => a.Priority - b.Priority);
    this.prefix = `awswaf:111122223333:webacl:${Properties.Name}:`;
    for (const [id, { Properties: set }] of resourcesOf(stack, 'AWS::WAFv2::IPSet')) {
      const name = Object.keys(contents).find((candidate) => String(set.Name).includes(candidate));
      this.setsByLogicalId.set(id, name ? contents[name] : []);
    }
  }

  public evaluate(request: TestRequest): Verdict {
    const labels = new Set<string>();
    const counted: string[] = [];
    for (const rule of this.rules) {
      const group = rule.Statement.ManagedRuleGroupStatement;
      const ended = group
        ? this.evaluateGroup(rule, group, request, labels, counted)
        : this.evaluateRule(rule, request, labels, counted);
      if (ended) {
        return { ...ended, rule: rule.Name, counted };
      }
    }
    return { action: 'ALLOW', rule: 'Default_Action', counted };
  }

  private evaluateRule(rule: Json, request: TestRequest, labels: Set<string>, counted: string[]) {
    if (!this.matches(rule.Statement, request, labels, rule.Name)) {
      return undefined;
    }
    for (const { Name } of rule.RuleLabels ?? []) {
      labels.add(`${this.prefix}${Name}`);
    }
    if (rule.Action.Count) {
      counted.push(rule.Name);
      return undefined;
    }
    return rule.Action.Allow
      ? { action: 'ALLOW' as const }
      : { action: 'BLOCK' as const, status: rule.Action.Block.CustomResponse?.ResponseCode ?? 403 };
  }

  private evaluateGroup(rule: Json, group: Json, request: TestRequest, labels: Set<string>, counted: string[]) {
    const known = MANAGED[group.Name];
    if (!known) {
      throw new Error(`the evaluator does not know the group ${group.Name}`);
    }
    if (group.ScopeDownStatement && !this.matches(group.ScopeDownStatement, request, labels, rule.Name)) {
      return undefined;
    }
    for (const [name, { label, matches }] of Object.entries(known)) {
      if (!matches(request)) {
        continue;
      }
      labels.add(label);
      const override = (group.RuleActionOverrides ?? []).find((candidate: Json) => candidate.Name === name);
      if (override?.ActionToUse.Count || rule.OverrideAction.Count) {
        counted.push(name);
        continue;
      }
      return { action: 'BLOCK' as const, status: 403 };
    }
    return undefined;
  }

  private matches(statement: Json, request: TestRequest, labels: Set<string>, rule: string): boolean {
    const [[kind, value], ...more] = Object.entries<Json>(statement);
    if (more.length > 0) {
      throw new Error(`a statement must have one kind, got ${Object.keys(statement).join(' and ')}`);
    }
    const every = (item: Json) => this.matches(item, request, labels, rule);
    switch (kind) {
      case 'AndStatement':
        return value.Statements.every(every);
      case 'OrStatement':
        return value.Statements.some(every);
      case 'NotStatement':
        return !every(value.Statement);
      case 'LabelMatchStatement':
        return labels.has(value.Key.startsWith('awswaf:') ? value.Key : `${this.prefix}${value.Key}`);
      case 'IPSetReferenceStatement':
        return (this.setsByLogicalId.get(value.Arn['Fn::GetAtt'][0]) ?? []).some((network) =>
          holds(network, request.ip),
        );
      case 'ByteMatchStatement':
        return byteMatches(value, request);
      case 'RateBasedStatement':
        return this.isOverRate(value, request, labels, rule);
      default:
        throw new Error(`the evaluator does not know ${kind}`);
    }
  }

  private isOverRate(value: Json, request: TestRequest, labels: Set<string>, rule: string): boolean {
    if (value.ScopeDownStatement && !this.matches(value.ScopeDownStatement, request, labels, rule)) {
      return false;
    }
    const key = value.AggregateKeyType === 'IP' ? request.ip : customKey(value.CustomKeys, request);
    if (key === undefined) {
      return false;
    }
    const at = request.at ?? 0;
    const seen = (this.rates.get(`${rule} ${key}`) ?? []).filter((time) => time > at - value.EvaluationWindowSec);
    this.rates.set(`${rule} ${key}`, [...seen, at]);
    return seen.length >= value.Limit;
  }
}

function customKey(keys: Json[], { path = '/', headers = {} }: TestRequest): string | undefined {
  const parts = keys.map((key) => {
    if (key.UriPath) {
      return path;
    }
    if (key.Header) {
      return headers[key.Header.Name];
    }
    throw new Error(`the evaluator does not know the key ${Object.keys(key)}`);
  });
  return parts.some((part) => part === undefined) ? undefined : parts.join(' ');
}

function byteMatches(value: Json, { host, path = '/' }: TestRequest): boolean {
  const field = value.FieldToMatch.UriPath ? path : value.FieldToMatch.SingleHeader?.Name === 'host' ? host : undefined;
  if (field === undefined || value.TextTransformations.some(({ Type }: Json) => Type !== 'NONE')) {
    throw new Error(`the evaluator does not know ${JSON.stringify(value)}`);
  }
  switch (value.PositionalConstraint) {
    case 'EXACTLY':
      return field === value.SearchString;
    case 'STARTS_WITH':
      return field.startsWith(value.SearchString);
    case 'ENDS_WITH':
      return field.endsWith(value.SearchString);
    default:
      throw new Error(`the evaluator does not know ${value.PositionalConstraint}`);
  }
}

function core(label: string, matches: (request: TestRequest) => boolean): ManagedRule {
  return { label: `awswaf:managed:aws:core-rule-set:${label}`, matches };
}

function holds(network: string, ip = '198.51.100.1'): boolean {
  const [outer, inner] = [parseNetwork(network), parseNetwork(ip)];
  if (!outer || !inner) {
    throw new Error(`not a network: ${network} or ${ip}`);
  }
  return outer.family === inner.family && overlaps(outer, inner) && formatNetwork(outer) !== '';
}

import { Annotations, Stack, Token } from 'aws-cdk-lib';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { BlockResponse } from './block-response';
import type { ManagedRuleGroup } from './managed-rule-group';
import type { RateLimit } from './rate-limit';
import * as names from './web-acl-names';
import { WebAclScope } from './web-acl-scope';

const EDGE_REGION = 'us-east-1';
const OWN_RULES = [names.ALLOWED_RULE, names.BLOCKED_RULE, names.PEOPLE_ONLY_RULE];
/** WAF takes no more without a case at AWS, and asks a price beyond the first figure. */
const MOST_CAPACITY = 5000;
const INCLUDED_CAPACITY = 1500;
const STEP = 500;
const MOST_BODY_BYTES = 4096;
const WINDOWS = [60, 120, 300, 600];
const MOST_HEADERS = 25;

export function validateScope(scope: Construct, webAclScope: WebAclScope): void {
  const { region } = Stack.of(scope);
  if (webAclScope === WebAclScope.CLOUDFRONT && !Token.isUnresolved(region) && region !== EDGE_REGION) {
    throw invalid(
      scope,
      `'scope' CLOUDFRONT must be in a stack of ${EDGE_REGION}, got '${region}'; define the web ACL there and give it to the distribution`,
    );
  }
}

export function validateProtected(scope: Construct, webAclScope: WebAclScope, prop: string, count: number): void {
  if (webAclScope === WebAclScope.CLOUDFRONT && count > 0) {
    throw invalid(
      scope,
      `'${prop}' must be empty in scope CLOUDFRONT, got ${count}; give the web ACL to the distribution instead`,
    );
  }
}

export function validateLoadBalancers(
  scope: Construct,
  loadBalancers: readonly elbv2.IApplicationLoadBalancer[],
): void {
  for (const loadBalancer of loadBalancers) {
    const arn = loadBalancer.loadBalancerArn;
    const isNetwork =
      loadBalancer instanceof elbv2.NetworkLoadBalancer || (!Token.isUnresolved(arn) && /\/net\//.test(arn));
    if (isNetwork) {
      throw invalid(
        scope,
        `'protects' must hold application load balancers, got the network load balancer '${loadBalancer.node.path}'; protect the application load balancer behind it`,
      );
    }
  }
}

/** A pattern becomes the search string of a rule: 1 to 200 bytes. */
export function validateHosts(scope: Construct, prop: string, hosts: readonly string[]): void {
  for (const host of hosts.filter((candidate) => !Token.isUnresolved(candidate))) {
    if (host.length > 200 || !/^(\*[a-z0-9.-]+|[a-z0-9.-]+\*?)$/.test(host)) {
      throw invalid(
        scope,
        `'${prop}' must hold host names in lower case, with at most one * at the beginning or the end, got '${host}'; write 'ocpp*' for all that begin so`,
      );
    }
  }
}

export function validateRateLimits(scope: Construct, rateLimits: readonly RateLimit[]): void {
  for (const { _options } of rateLimits) {
    const { limit, window, hosts } = _options;
    if (!Token.isUnresolved(limit) && (!Number.isInteger(limit) || limit < 10 || limit > 2_000_000_000)) {
      throw invalid(scope, `'limit' must be a whole number from 10 to 2000000000, got ${limit}`);
    }
    if (window && !window.isUnresolved() && !WINDOWS.includes(window.toSeconds())) {
      throw invalid(scope, `'window' must be 1, 2, 5 or 10 minutes, got ${window.toHumanString()}`);
    }
    if (hosts?.length === 0) {
      throw invalid(scope, `'hosts' of a rate limit must hold a host, got none; leave it out for the default`);
    }
    validateHosts(scope, 'hosts', hosts ?? []);
  }
}

export function validateManagedRules(scope: Construct, groups: readonly ManagedRuleGroup[]): void {
  const taken = [...OWN_RULES];
  for (const { _name, _hosts } of groups) {
    if (taken.includes(_name)) {
      throw invalid(
        scope,
        `'managedRules' must hold different groups with names of their own, got '${_name}' again; a group costs its capacity each time`,
      );
    }
    validateHosts(scope, 'hosts', _hosts);
    taken.push(_name);
  }
}

export function validateCapacity(scope: Construct, capacity: number): void {
  if (capacity > MOST_CAPACITY) {
    throw invalid(
      scope,
      `'managedRules' and 'rateLimits' must take at most ${MOST_CAPACITY} capacity units together, got ${capacity}; leave a group out`,
    );
  }
  if (capacity > INCLUDED_CAPACITY) {
    const steps = Math.ceil((capacity - INCLUDED_CAPACITY) / STEP);
    Annotations.of(scope).addWarningV2(
      'cdk-charging-platform:webAclCapacity',
      `the web ACL takes ${capacity} capacity units; beyond ${INCLUDED_CAPACITY} AWS asks 0.20 USD per million requests ` +
        `for each further ${STEP}: here ${(steps * 0.2).toFixed(2)} USD. Leave a group out, or acknowledge this`,
    );
  }
}

export function validateBlockResponse(scope: Construct, response: BlockResponse | undefined): void {
  const bytes = Buffer.byteLength(response?.body ?? '-');
  if (!Token.isUnresolved(response?.body) && (bytes < 1 || bytes > MOST_BODY_BYTES)) {
    throw invalid(
      scope,
      `'blockResponse' must have a body of 1 to ${MOST_BODY_BYTES} bytes, got ${bytes}; let a longer page be an error page of the distribution`,
    );
  }
}

export function validateProtectedHeaders(scope: Construct, headers: readonly string[]): void {
  const wrong = headers.find((name) => !/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/.test(name));
  if (wrong !== undefined) {
    throw invalid(scope, `'protectedHeaders' must hold names of headers, up to 64 characters, got '${wrong}'`);
  }
  if (headers.length > MOST_HEADERS) {
    throw invalid(scope, `'protectedHeaders' must hold at most ${MOST_HEADERS} headers, got ${headers.length}`);
  }
}

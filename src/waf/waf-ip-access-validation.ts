import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { PrefixBounds } from './entries';
import type { IpFeed } from './ip-feed';
import { formatNetwork, parseNetwork } from './ip-ranges';
import { scopeOf } from './ip-sets';
import type { PlatformWebAcl } from './platform-web-acl';

/** The sets' names travel in the writer's environment, which holds 4 KB. */
const MOST_WEB_ACLS = 5;
const MOST_NEVER_BLOCKED = 50;
const MOST_FEEDS = 20;

export function validateWebAcls(scope: Construct, webAcls: readonly PlatformWebAcl[]): void {
  if (webAcls.length < 1 || webAcls.length > MOST_WEB_ACLS || new Set(webAcls).size < webAcls.length) {
    throw invalid(scope, `'webAcls' must be 1 to ${MOST_WEB_ACLS} different web ACLs, got ${webAcls.length}`);
  }
}

/** The writer reaches the sets of its own region, and those of CLOUDFRONT in us-east-1. */
export function validateWebAclRegions(scope: Construct, webAcls: readonly PlatformWebAcl[]): void {
  const own = Stack.of(scope).region;
  if (Token.isUnresolved(own)) {
    throw invalid(
      scope,
      "the stack must have a region, got none; give its 'env' one, which the table of IP entries and its key need",
    );
  }
  for (const webAcl of webAcls.filter((candidate) => scopeOf(candidate) !== 'CLOUDFRONT')) {
    const { region } = Stack.of(webAcl);
    if (!Token.isUnresolved(region) && own !== region) {
      throw invalid(
        scope,
        `'webAcls' must be of the region '${own}' or of scope CLOUDFRONT, got a regional one of '${region}'; define a WafIpAccess there`,
      );
    }
  }
}

/** The first feed is ours. */
export function validateFeeds(scope: Construct, feeds: readonly IpFeed[]): void {
  const names = feeds.map(({ name }) => name);
  if (feeds.length > MOST_FEEDS + 1) {
    throw invalid(
      scope,
      `'feeds' must be at most ${MOST_FEEDS}, got ${feeds.length - 1}; each reads the table once a run`,
    );
  }
  if (names.slice(1).includes(names[0])) {
    throw invalid(scope, `'feeds' must not hold '${names[0]}', which every WafIpAccess has already; leave it out`);
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) {
    throw invalid(scope, `'feeds' must have different names, got '${twice}' twice`);
  }
}

export function validateBounds(scope: Construct, { ipv4, ipv6 }: PrefixBounds): void {
  validateBound(scope, 'shortestIpv4Prefix', ipv4, 32);
  validateBound(scope, 'shortestIpv6Prefix', ipv6, 128);
}

function validateBound(scope: Construct, prop: string, value: number, most: number): void {
  if (!Token.isUnresolved(value) && !(Number.isInteger(value) && value >= 1 && value <= most)) {
    throw invalid(scope, `'${prop}' must be a whole number from 1 to ${most}, got ${value}`);
  }
}

export function validateNeverBlock(scope: Construct, neverBlock: readonly string[]): void {
  if (neverBlock.length > MOST_NEVER_BLOCKED) {
    throw invalid(
      scope,
      `'neverBlock' must hold at most ${MOST_NEVER_BLOCKED} networks, got ${neverBlock.length}; join neighbours into wider ones`,
    );
  }
  for (const text of neverBlock.filter((candidate) => !Token.isUnresolved(candidate))) {
    const network = parseNetwork(text);
    if (!network) {
      throw invalid(scope, `'neverBlock' must hold IPv4 or IPv6 addresses or CIDRs, got '${text}'`);
    }
    const canonical = formatNetwork(network);
    if (
      text.includes('/') &&
      formatNetwork(parseNetwork(text.split('/')[0]) ?? network).split('/')[0] !== canonical.split('/')[0]
    ) {
      throw invalid(
        scope,
        `'neverBlock' must hold networks without host bits, got '${text}'; did you mean ${canonical}`,
      );
    }
  }
}

import { Annotations, type Duration, type Size, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { LogFilter } from './log-filter';
import type { Offence } from './offence';
import { CLIENT_ERRORS, REQUESTS } from './offence-spec';
import type { OffenderQuery } from './offender-query';
import type { PlatformWebAcl } from './platform-web-acl';
import { WebAclScope } from './web-acl-scope';
import { validateHosts } from './web-acl-validation';

const MOST_OFFENCES = 10;
const MOST_QUERIES = 5;
/** WAF itself and load balancers write logs every five minutes: a shorter block could be over before its offender is found. */
const SHORTEST_BLOCK_MINUTES = 15;
/** Athena wants 10 MB at least; CloudFormation's number ends at 2 GiB. */
const SMALLEST_SCAN = 10_000_000;
const LARGEST_SCAN = 2 ** 31 - 1;

export function validateWebAcl(scope: Construct, webAcl: PlatformWebAcl): void {
  const own = Stack.of(scope).region;
  const { region } = webAcl.env;
  if (Token.isUnresolved(own)) {
    throw invalid(scope, "the stack must have a region, got none; give its 'env' one, which the table of counts needs");
  }
  if (!Token.isUnresolved(region) && own !== region) {
    throw invalid(
      scope,
      `'webAcl' must be of the stack's own region '${own}', got one of '${region}'; WAF logs only to its region, so define the analytics there`,
    );
  }
  if (webAcl._loggedBy) {
    throw invalid(
      scope,
      `'webAcl' must have no other destination of logs, got one that ${webAcl._loggedBy} logs; leave one of the two out, a web ACL has one destination`,
    );
  }
}

export function validateOffences(
  scope: Construct,
  props: {
    readonly offences: readonly Offence[];
    readonly hasAccessLogs: boolean;
    readonly filter: LogFilter;
  },
): void {
  const { offences } = props;
  if (offences.length > MOST_OFFENCES) {
    throw invalid(scope, `'offences' must be at most ${MOST_OFFENCES}, got ${offences.length}`);
  }
  for (const offence of offences) {
    validateOffence(scope, offence);
    if (offence._kind === CLIENT_ERRORS && !props.hasAccessLogs) {
      throw invalid(
        scope,
        "'accessLogs' must be given with Offence.clientErrors, got none; a web ACL's log does not know the services' answers",
      );
    }
    if (offence._kind === REQUESTS && props.filter._dropsAllowed) {
      throw invalid(
        scope,
        "'logFilter' must keep allowed requests with Offence.requests, got blockedAndCounted; use LogFilter.everything()",
      );
    }
  }
}

function validateOffence(scope: Construct, offence: Offence): void {
  const { threshold, hosts } = offence._options;
  if (!Token.isUnresolved(threshold) && (!Number.isInteger(threshold) || threshold < 10 || threshold > 10_000_000)) {
    throw invalid(scope, `'threshold' must be a whole number from 10 to 10000000, got ${threshold}`);
  }
  const seconds = secondsOf(offence._window);
  if (seconds !== undefined && (seconds % 60 !== 0 || seconds < 60 || seconds > 3600)) {
    throw invalid(scope, `'window' must be 1 to 60 whole minutes, got ${offence._window.toHumanString()}`);
  }
  const block = secondsOf(offence._blockDuration);
  if (block !== undefined && (block < SHORTEST_BLOCK_MINUTES * 60 || block > 30 * 86_400)) {
    throw invalid(
      scope,
      `'blockDuration' must be ${SHORTEST_BLOCK_MINUTES} minutes to 30 days, got ${offence._blockDuration.toHumanString()}; for longer make a manual entry`,
    );
  }
  validateHosts(scope, 'hosts', hosts ?? []);
  const wrong = offence._statusCodes?.find((code) => !Number.isInteger(code) || code < 400 || code > 499);
  if (wrong !== undefined) {
    throw invalid(
      scope,
      `'statusCodes' must be 400 to 499, got ${wrong}; errors of the kind 5xx are the services' own`,
    );
  }
}

export function validateOffenderQueries(
  scope: Construct,
  queries: readonly OffenderQuery[],
  hasEntryTable: boolean,
): void {
  if (queries.length > MOST_QUERIES) {
    throw invalid(scope, `'offenderQueries' must be at most ${MOST_QUERIES}, got ${queries.length}`);
  }
  if (queries.length > 0 && !hasEntryTable) {
    throw invalid(scope, "'offenderQueries' must come with 'ipAccess', got none; offenders are entries of its table");
  }
  for (const { _options, _lookBack, _interval, _blockDuration } of queries) {
    const { threshold } = _options;
    if (!Token.isUnresolved(threshold) && (!Number.isInteger(threshold) || threshold < 2 || threshold > 10_000_000)) {
      throw invalid(scope, `'threshold' of a query must be a whole number from 2 to 10000000, got ${threshold}`);
    }
    validateHours(scope, 'lookBack', _lookBack, 168);
    validateHours(scope, 'interval', _interval, 24);
    const block = secondsOf(_blockDuration);
    if (block !== undefined && (block < 3600 || block > 30 * 86_400)) {
      throw invalid(
        scope,
        `'blockDuration' of a query must be 1 hour to 30 days, got ${_blockDuration.toHumanString()}`,
      );
    }
  }
}

function validateHours(scope: Construct, prop: string, value: Duration, most: number): void {
  const seconds = secondsOf(value);
  if (seconds !== undefined && (seconds % 3600 !== 0 || seconds < 3600 || seconds > most * 3600)) {
    throw invalid(scope, `'${prop}' must be 1 to ${most} whole hours, got ${value.toHumanString()}`);
  }
}

/** Behind CloudFront a regional log shows CloudFront's addresses, and forwarded headers can be forged. */
export function validateDirectHosts(
  scope: Construct,
  webAcl: PlatformWebAcl,
  directHosts: readonly string[] | undefined,
  seeksOffenders: boolean,
): void {
  const isEdge = webAcl.webAclRef.scope === WebAclScope.CLOUDFRONT;
  if (isEdge && directHosts) {
    throw invalid(
      scope,
      "'directHosts' must be left out for a web ACL of scope CLOUDFRONT: its log knows every client",
    );
  }
  if (!isEdge && seeksOffenders && !directHosts) {
    throw invalid(
      scope,
      "'directHosts' must be given with 'offences' of a regional web ACL, got none; name the hosts that clients reach without CloudFront, or '*' where there is no CloudFront",
    );
  }
  validateHosts(
    scope,
    'directHosts',
    (directHosts ?? []).filter((host) => host !== '*'),
  );
}

/** What can never count is said: the user believes to be guarded. */
export function warnOfSilentOffences(
  scope: Construct,
  webAcl: PlatformWebAcl,
  directHosts: readonly string[] | undefined,
  offences: readonly Offence[],
): void {
  const silent = offences.filter(({ _options }) => !_options.hosts);
  if (directHosts && silent.length > 0 && directHosts.every((host) => isCovered(host, webAcl._chargePointHosts))) {
    Annotations.of(scope).addWarningV2(
      'cdk-charging-platform:silentOffence',
      `an offence for ${silent[0]._kind} counts nothing: all of 'directHosts' are charge points', which count only where 'hosts' of the offence names them`,
    );
  }
}

function isCovered(host: string, patterns: readonly string[]): boolean {
  return patterns.some(
    (pattern) => host === pattern || (pattern.endsWith('*') && host.startsWith(pattern.slice(0, -1))),
  );
}

export function validateRetention(scope: Construct, prop: string, retention: Duration): void {
  if (retention.isUnresolved()) {
    return;
  }
  const days = retention.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1 || days > 3653) {
    throw invalid(scope, `'${prop}' must be 1 to 3653 whole days, got ${days}`);
  }
}

export function validateBuffer(scope: Construct, size: Size, interval: Duration): void {
  const mebibytes = size.isUnresolved() ? undefined : size.toMebibytes({ rounding: 1 });
  if (mebibytes !== undefined && (mebibytes < 64 || mebibytes > 128)) {
    throw invalid(
      scope,
      `'bufferSize' must be 64 to 128 MiB, got ${mebibytes}; Firehose converts to Parquet only in such portions, 'bufferInterval' makes them come sooner`,
    );
  }
  const seconds = secondsOf(interval);
  if (seconds !== undefined && (seconds < 60 || seconds > 900)) {
    throw invalid(scope, `'bufferInterval' must be 60 to 900 seconds, got ${seconds}`);
  }
}

export function validateScanLimit(scope: Construct, limit: Size): void {
  if (limit.isUnresolved()) {
    return;
  }
  const bytes = limit.toBytes();
  if (bytes < SMALLEST_SCAN || bytes > LARGEST_SCAN) {
    throw invalid(
      scope,
      `'scanLimit' must be 10 MB (${SMALLEST_SCAN} bytes) to 2 GiB less one byte, got ${bytes} bytes`,
    );
  }
}

function secondsOf(duration: Duration): number | undefined {
  return duration.isUnresolved() ? undefined : duration.toSeconds({ integral: false });
}

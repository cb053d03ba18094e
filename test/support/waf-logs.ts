import * as fs from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Random } from './random';

export interface WafRequestOptions {
  readonly timestamp: number;
  readonly clientIp: string;
  readonly action?: string;
  readonly rule?: string;
  readonly host?: string;
  readonly uri?: string;
  readonly country?: string;
  readonly userAgent?: string;
  readonly headers?: { readonly name: string; readonly value: string }[];
  readonly labels?: string[];
  /** Rules that matched and only counted. */
  readonly counted?: string[];
  readonly requestId?: string;
}

/** 2026-11-24 10:00:00 UTC, the beginning of a window. */
export const TEN = Date.UTC(2026, 10, 24, 10);

/** One record as WAF writes it, keys in WAF's order. */
export function wafRecord(options: WafRequestOptions): object {
  const { action = 'ALLOW', rule = 'Default_Action', labels = [] } = options;
  const group = { rulegroup: 'AWS#AWSManagedRulesCommonRuleSet' };
  const blockedBy = rule.startsWith('AWSManaged')
    ? { ruleId: 'GenericLFI_URIPATH', action, ruleMatchDetails: null }
    : null;
  return {
    timestamp: options.timestamp,
    formatVersion: 1,
    webaclId: 'arn:aws:wafv2:eu-south-2:111122223333:regional/webacl/test/11111111-2222-3333-4444-555555555555',
    terminatingRuleId: rule,
    terminatingRuleType: rule.startsWith('AWSManaged') ? 'MANAGED_RULE_GROUP' : 'REGULAR',
    action,
    terminatingRuleMatchDetails: [],
    httpSourceName: 'ALB',
    httpSourceId: '111122223333-app/evc/50dc6c495c0c9188',
    ruleGroupList: [
      {
        ruleGroupId: group.rulegroup,
        terminatingRule: blockedBy,
        nonTerminatingMatchingRules: [],
        excludedRules: null,
        customerConfig: null,
      },
    ],
    rateBasedRuleList: [],
    nonTerminatingMatchingRules: (options.counted ?? []).map((ruleId) => ({
      ruleId,
      action: 'COUNT',
      ruleMatchDetails: [],
    })),
    requestHeadersInserted: null,
    responseCodeSent: null,
    httpRequest: {
      clientIp: options.clientIp,
      country: options.country ?? 'ES',
      headers: options.headers ?? [
        { name: 'Host', value: options.host ?? 'api.example.com' },
        { name: 'User-Agent', value: options.userAgent ?? 'EVSE/1.6J' },
        { name: 'Upgrade', value: 'websocket' },
        { name: 'Sec-WebSocket-Protocol', value: 'ocpp1.6' },
      ],
      uri: options.uri ?? '/api/v1/sessions',
      args: '',
      httpVersion: 'HTTP/1.1',
      httpMethod: 'GET',
      requestId: options.requestId ?? '1-656f0a3c-0123456789abcdef01234567',
    },
    labels: labels.map((name) => ({ name })),
  };
}

export function wafLine(options: WafRequestOptions): string {
  return JSON.stringify(wafRecord(options));
}

export interface AccessOptions {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly client: string;
  readonly elbStatus: string;
  readonly targetStatus?: string;
  readonly host?: string;
  readonly path?: string;
  readonly userAgent?: string;
  readonly actions?: string;
}

/** One line of a load balancer's access log. */
export function accessLine(options: AccessOptions): string {
  const { elbStatus, targetStatus = elbStatus, host = 'api.example.com', path = '/api/v1/sessions' } = options;
  const time = new Date(options.time).toISOString().replace('Z', '000Z');
  const client = options.client.includes(':') ? `[${options.client}]` : options.client;
  return (
    `https ${time} app/evc/50dc6c495c0c9188 ${client}:51234 10.0.1.7:8080 0.000 0.001 0.000 ${elbStatus} ${targetStatus} 120 57 ` +
    `"GET https://${host}:443${path} HTTP/1.1" "${options.userAgent ?? 'EVSE/1.6J'}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ` +
    'arn:aws:elasticloadbalancing:eu-south-2:111122223333:targetgroup/t/1 "Root=1-58337262-36d228ad5d99923122bbe354" ' +
    `"${host}" "arn:aws:acm:eu-south-2:111122223333:certificate/a" 0 ${time} "${options.actions ?? 'waf,forward'}" "-" "-" ` +
    `"10.0.1.7:8080" "${targetStatus}" "-" "-" TID_0123456789abcdef`
  );
}

/** A public IPv4 address that is the same for the same number. */
export function address(number: number): string {
  return `${20 + (number >>> 24)}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;
}

export interface TrafficOptions {
  readonly lines: number;
  readonly addresses: number;
  readonly seed?: number;
  /** Share of requests that managed rules blocked. @default 0.1 */
  readonly blocked?: number;
  /** The file spans so long from `TEN`. @default five minutes */
  readonly spanMs?: number;
  readonly start?: number;
}

/** The everyday traffic of a charging platform, a third of it from one in a hundred addresses. */
export function* wafTraffic(options: TrafficOptions): Generator<string> {
  const { lines, addresses, seed = 7, blocked = 0.1, spanMs = 300_000, start = TEN } = options;
  const random = new Random(seed);
  const hot = Math.max(1, Math.floor(addresses / 100));
  for (let line = 0; line < lines; line++) {
    const number = random.below(random.chance(0.35) ? hot : addresses);
    const isBlocked = random.chance(blocked);
    const isOcpp = random.chance(0.5);
    yield wafLine({
      timestamp: start + Math.floor((line * spanMs) / lines),
      clientIp: number % 21 === 20 ? `2001:db8:0:${number.toString(16)}:0:0:0:1` : address(number),
      action: isBlocked ? 'BLOCK' : 'ALLOW',
      rule: isBlocked ? 'AWSManagedRulesCommonRuleSet' : 'Default_Action',
      host: isOcpp ? 'ocpp.example.com' : 'api.example.com',
      uri: isOcpp ? `/ocpp/CP-${String(random.below(2_000)).padStart(5, '0')}` : random.pick(PATHS),
      country: random.pick(['ES', 'ES', 'ES', 'PT', 'FR', 'DE']),
      labels: isBlocked ? ['awswaf:managed:aws:core-rule-set:GenericLFI_URIPath'] : [],
      requestId: `1-${line.toString(16).padStart(8, '0')}-${random
        .below(2 ** 32)
        .toString(16)
        .padStart(24, '0')}`,
    });
  }
}

export function* accessTraffic({ lines, addresses, seed = 3, spanMs = 300_000 }: TrafficOptions): Generator<string> {
  const random = new Random(seed);
  const hot = Math.max(1, Math.floor(addresses / 100));
  for (let line = 0; line < lines; line++) {
    yield accessLine({
      time: TEN + Math.floor((line * spanMs) / lines),
      client: address(random.below(random.chance(0.35) ? hot : addresses)),
      elbStatus: random.pick(['101', '200', '200', '404', '401', '403']),
      host: 'api.example.com',
      path: random.pick(PATHS),
    });
  }
}

/** Writes lines as one gzip file. */
export async function writeGzip(file: string, lines: Iterable<string>): Promise<void> {
  function* joined(): Generator<string> {
    let portion = '';
    for (const line of lines) {
      portion += `${line}\n`;
      if (portion.length > 1 << 20) {
        yield portion;
        portion = '';
      }
    }
    yield portion;
  }
  await pipeline(Readable.from(joined()), createGzip({ level: 6 }), fs.createWriteStream(file));
}

const PATHS = ['/api/v1/sessions', '/api/v1/tariffs', '/ocpi/2.2.1/locations', '/login', '/static/app.js'];

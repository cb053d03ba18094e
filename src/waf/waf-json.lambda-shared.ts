import { ALLOWED_RULE, BLOCKED_RULE, RATE_RULE_PREFIX } from './web-acl-names';

/** What is asked of a record. */
export interface WafRequest {
  readonly timestamp: number;
  readonly address: string;
  readonly action: string;
  readonly host: string;
  readonly path: string;
  /** Not from an allowed address, and not ended by a list or limit of ours. */
  readonly counts: boolean;
}

/** A record of any shape, the slow and certain way; undefined when it is none. */
export function parseWafRecord(text: string): WafRequest | undefined {
  // biome-ignore lint/suspicious/noExplicitAny: the record is free JSON until it is looked at
  let record: any;
  try {
    record = JSON.parse(text);
  } catch {
    return undefined;
  }
  const request = record?.httpRequest;
  if (typeof record?.timestamp !== 'number' || typeof request?.clientIp !== 'string') {
    return undefined;
  }
  const headers = Array.isArray(request.headers) ? request.headers : [];
  const host = headers.find((header: { name?: unknown }) => String(header?.name).toLowerCase() === 'host');
  const passed = Array.isArray(record.nonTerminatingMatchingRules) ? record.nonTerminatingMatchingRules : [];
  const isAllowed = passed.some((rule: { ruleId?: unknown }) => rule?.ruleId === ALLOWED_RULE);
  return {
    timestamp: record.timestamp,
    address: request.clientIp,
    action: String(record.action),
    host: String(host?.value ?? request.host ?? ''),
    path: String(request.uri ?? ''),
    counts: !isAllowed && !isOwnRule(String(record.terminatingRuleId)),
  };
}

/** Whether a list or limit of ours ended the request. If it counted, a block would renew itself for ever. */
export function isOwnRule(rule: string): boolean {
  return rule === BLOCKED_RULE || rule === ALLOWED_RULE || rule.startsWith(RATE_RULE_PREFIX);
}

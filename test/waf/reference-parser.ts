import { gunzipSync } from 'node:zlib';
import { formatNetwork, parseNetwork } from '../../src/waf/ip-ranges';
import type { OffenceGuards } from '../../src/waf/offence-rules.lambda-shared';
import type { OffenceSpec } from '../../src/waf/offence-spec';

type Json = ReturnType<typeof JSON.parse>;

/** What the parser must find, written as plainly as can be: whole file, split, JSON.parse. */
export function referenceParse(bytes: Buffer, offences: readonly OffenceSpec[], guards: OffenceGuards) {
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
  const counts: Record<string, number> = {};
  let poison = 0;
  const records = text
    .split('\n')
    .flatMap((line) => line.split(/(?<=\})(?=\{"timestamp":)/))
    .map((line) => line.trim())
    .filter((line) => line !== '');
  for (const line of records) {
    const record = read(line);
    if (!record) {
      poison++;
      continue;
    }
    const { httpRequest, action, terminatingRuleId, timestamp, nonTerminatingMatchingRules } = record;
    const header = list(httpRequest.headers).find(({ name }) => String(name).toLowerCase() === 'host');
    const host = String(header?.value ?? httpRequest.host ?? '')
      .toLowerCase()
      .replace(/:\d+$/, '');
    const platformEnded = /^(BlockedAddresses|AllowedAddresses|Rate.*)$/.test(terminatingRuleId);
    const allowed = list(nonTerminatingMatchingRules).some(({ ruleId }) => ruleId === 'AllowedAddresses');
    for (const offence of offences) {
      const hostCounts =
        matches(host, guards.directHosts) &&
        (offence.hosts ? matches(host, offence.hosts) : !matches(host, guards.chargePointHosts));
      const pathCounts = (offence.pathPrefixes ?? ['']).some((prefix) =>
        String(httpRequest.uri ?? '').startsWith(prefix),
      );
      const actionCounts = offence.kind === 'requests' || action === 'BLOCK';
      if (hostCounts && pathCounts && actionCounts && !platformEnded && !allowed) {
        const window = Math.floor(timestamp / 1000 / offence.windowSeconds) * offence.windowSeconds;
        const key = `${offences.indexOf(offence)} ${window} ${client(httpRequest.clientIp)}`;
        counts[key] = (counts[key] ?? 0) + 1;
      }
    }
  }
  return { poison, counts };
}

function read(line: string): Json | undefined {
  try {
    const record = JSON.parse(line);
    const isRecord = typeof record?.timestamp === 'number' && typeof record?.httpRequest?.clientIp === 'string';
    return isRecord ? record : undefined;
  } catch {
    return undefined;
  }
}

function list(value: Json): Json[] {
  return Array.isArray(value) ? value : [];
}

function matches(host: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace('*', '.*')}$`, 's').test(host),
  );
}

function client(ip: string): string {
  const network = ip.includes(':') ? parseNetwork(`${ip}/64`) : undefined;
  return network ? formatNetwork(network) : ip;
}

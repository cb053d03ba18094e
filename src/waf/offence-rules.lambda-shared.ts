import { BLOCKED_REQUESTS, CLIENT_ERRORS, type OffenceSpec } from './offence-spec';

/** What an offence may ask of a request, whichever log it comes from. */
export interface LoggedRequest {
  readonly host: string;
  readonly path: string;
}

export interface OffenceGuards {
  /** Host patterns that clients reach directly, so that the address in the log is theirs. */
  readonly directHosts: readonly string[];
  readonly chargePointHosts: readonly string[];
}

/** Hosts are few; attackers' inventions are not. */
const MOST_REMEMBERED_HOSTS = 1_000;

/** Which of the offences count requests to a host, by index. Charge points' hosts count only where they are asked for. */
export class HostRules {
  private readonly remembered = new Map<string, readonly number[]>();

  constructor(
    private readonly offences: readonly OffenceSpec[],
    private readonly guards: OffenceGuards,
  ) {}

  public countedBy(host: string): readonly number[] {
    const known = this.remembered.get(host);
    if (known) {
      return known;
    }
    const found = this.find(plainHost(host));
    if (this.remembered.size < MOST_REMEMBERED_HOSTS) {
      this.remembered.set(host, found);
    }
    return found;
  }

  private find(host: string): number[] {
    const { directHosts, chargePointHosts } = this.guards;
    if (!matchesAny(host, directHosts)) {
      return [];
    }
    const isChargePoint = matchesAny(host, chargePointHosts);
    return this.offences.flatMap(({ hosts }, index) =>
      (hosts ? matchesAny(host, hosts) : !isChargePoint) ? [index] : [],
    );
  }
}

export function countsPath({ pathPrefixes }: OffenceSpec, path: string): boolean {
  return !pathPrefixes || pathPrefixes.some((prefix) => path.startsWith(prefix));
}

export function ofWafLog(offences: readonly OffenceSpec[]): OffenceSpec[] {
  return offences.filter(({ kind }) => kind !== CLIENT_ERRORS);
}

export function ofAccessLog(offences: readonly OffenceSpec[]): OffenceSpec[] {
  return offences.filter(({ kind }) => kind === CLIENT_ERRORS);
}

/** Whether the web ACL's verdict counts for the offence. */
export function countsAction({ kind }: OffenceSpec, action: string): boolean {
  return kind !== BLOCKED_REQUESTS || action === 'BLOCK';
}

/** A pattern is a name, or has one `*` at the beginning or the end. */
export function matchesAny(host: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    if (pattern.endsWith('*')) {
      return host.startsWith(pattern.slice(0, -1));
    }
    return pattern.startsWith('*') ? host.endsWith(pattern.slice(1)) : host === pattern;
  });
}

function plainHost(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

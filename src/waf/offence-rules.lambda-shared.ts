import { Known, next, type Piece } from './bytes.lambda-shared';
import { BLOCKED_REQUESTS, CLIENT_ERRORS, type OffenceSpec } from './offence-spec';

export interface OffenceGuards {
  /** Host patterns that clients reach directly, so that the address in the log is theirs. */
  readonly directHosts: readonly string[];
  readonly chargePointHosts: readonly string[];
}

/** Hosts are few; attackers' inventions are not. */
const MOST_REMEMBERED_HOSTS = 16;

export interface KnownHost {
  /** With the byte that ends it. */
  readonly text: Known;
  /** Those that count requests to it, by index. */
  readonly offences: readonly number[];
}

/** Which of the offences count requests to a host. Charge points' hosts count only where they are asked for. */
export class HostRules {
  private readonly known: KnownHost[] = [];

  constructor(
    private readonly offences: readonly OffenceSpec[],
    private readonly guards: OffenceGuards,
    /** Byte that ends a host in this kind of log. */
    private readonly terminator: number,
  ) {}

  /** The host, perhaps with a port, that begins at `at`; undefined where it has no end, or is written with escapes. */
  public at(piece: Piece, at: number, end: number): KnownHost | undefined {
    for (const host of this.known) {
      if (piece.has(host.text, at)) {
        return host;
      }
    }
    const hostEnd = next(piece.data, this.terminator, at, end);
    const name = piece.data.toString('utf8', at, hostEnd);
    if (hostEnd === end || /[\\ ]/.test(name)) {
      return undefined;
    }
    const host = { text: new Known(piece.data.subarray(at, hostEnd + 1)), offences: this.find(name) };
    if (this.known.length < MOST_REMEMBERED_HOSTS) {
      this.known.push(host);
    }
    return host;
  }

  public find(hostAndPort: string): number[] {
    const host = plainHost(hostAndPort);
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

/** Whether a request that the web ACL blocked, or did not, counts for the offence. */
export function countsAction({ kind }: OffenceSpec, isBlock: boolean): boolean {
  return isBlock || kind !== BLOCKED_REQUESTS;
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

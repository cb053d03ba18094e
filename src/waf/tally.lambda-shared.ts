import { formatIpv4 } from './bytes.lambda-shared';
import { ClientNetworks } from './client-network.lambda-shared';
import { Ipv4Counts } from './ipv4-counts.lambda-shared';
import type { OffenceSpec } from './offence-spec';

/** How often each client did something within one window. The keys are IPv4 addresses and IPv6 networks of 64 bits. */
export type Counts = Map<string, number>;

export interface WindowCounts {
  readonly offence: OffenceSpec;
  /** Epoch seconds of the window's beginning. */
  readonly start: number;
  readonly counts: Counts;
}

/** IPv4 addresses are kept as numbers, which need no string each time that they are seen. */
interface OpenWindow {
  readonly start: number;
  readonly end: number;
  readonly ipv4: Ipv4Counts;
  readonly others: Counts;
}

/** Adds up one file: per offence, per window of the clock, per client. */
export class Tally {
  private readonly clients = new ClientNetworks();
  private readonly windows: Map<number, OpenWindow>[];
  private readonly last: OpenWindow[];

  constructor(public readonly offences: readonly OffenceSpec[]) {
    this.windows = offences.map(() => new Map());
    this.last = offences.map(() => openWindow(0, 0));
  }

  public addIpv4(offence: number, epochSeconds: number, address: number): void {
    this.windowOf(offence, epochSeconds).ipv4.add(address);
  }

  public add(offence: number, epochSeconds: number, address: string): void {
    const { others } = this.windowOf(offence, epochSeconds);
    const client = this.clients.of(address);
    others.set(client, (others.get(client) ?? 0) + 1);
  }

  public results(): WindowCounts[] {
    return this.windows.flatMap((windows, index) =>
      [...windows.values()].map(({ start, ipv4, others }) => ({
        offence: this.offences[index],
        start,
        counts: joined(ipv4, others),
      })),
    );
  }

  /** Records come in the order of time, so the window is nearly always the last one's. */
  private windowOf(offence: number, epochSeconds: number): OpenWindow {
    const last = this.last[offence];
    if (epochSeconds >= last.start && epochSeconds < last.end) {
      return last;
    }
    const length = this.offences[offence].windowSeconds;
    const start = Math.floor(epochSeconds / length) * length;
    const window = this.windows[offence].get(start) ?? openWindow(start, start + length);
    this.windows[offence].set(start, window);
    this.last[offence] = window;
    return window;
  }
}

function openWindow(start: number, end: number): OpenWindow {
  return { start, end, ipv4: new Ipv4Counts(), others: new Map() };
}

function joined(ipv4: Ipv4Counts, others: Counts): Counts {
  const counts = new Map(others);
  for (const [address, count] of ipv4.entries()) {
    const text = formatIpv4(address);
    counts.set(text, (counts.get(text) ?? 0) + count);
  }
  return counts;
}

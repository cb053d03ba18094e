import { ClientNetworks } from './client-network.lambda-shared';
import type { OffenceSpec } from './offence-spec';

/** How often each client did something within one window. The keys are IPv4 addresses and IPv6 networks of 64 bits. */
export type Counts = Map<string, number>;

export interface WindowCounts {
  readonly offence: OffenceSpec;
  /** Epoch seconds of the window's beginning. */
  readonly start: number;
  readonly counts: Counts;
}

/** Adds up one file: per offence, per window of the clock, per client. */
export class Tally {
  private readonly clients = new ClientNetworks();
  private readonly windows: Map<number, Counts>[];
  private readonly last: { start: number; counts: Counts }[];

  constructor(public readonly offences: readonly OffenceSpec[]) {
    this.windows = offences.map(() => new Map());
    this.last = offences.map(() => ({ start: Number.NaN, counts: new Map() }));
  }

  public add(offence: number, epochMs: number, address: string): void {
    const seconds = this.offences[offence].windowSeconds;
    const counts = this.countsOf(offence, Math.floor(epochMs / 1000 / seconds) * seconds);
    const client = this.clients.of(address);
    counts.set(client, (counts.get(client) ?? 0) + 1);
  }

  public results(): WindowCounts[] {
    return this.windows.flatMap((windows, index) =>
      [...windows].map(([start, counts]) => ({ offence: this.offences[index], start, counts })),
    );
  }

  /** Records come in the order of time, so the window is nearly always the last one's. */
  private countsOf(offence: number, start: number): Counts {
    const last = this.last[offence];
    if (last.start !== start) {
      last.start = start;
      last.counts = this.windows[offence].get(start) ?? new Map();
      this.windows[offence].set(start, last.counts);
    }
    return last.counts;
  }
}

/** Numbers that look random and are the same in each run (mulberry32). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** 0 inclusive to 1 exclusive. */
  public next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** 0 inclusive to `end` exclusive, whole. */
  public below(end: number): number {
    return Math.floor(this.next() * end);
  }

  public pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }

  public chance(share: number): boolean {
    return this.next() < share;
  }
}

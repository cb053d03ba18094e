/** Addresses that fit at the beginning; a power of two. */
const SMALLEST = 1024;
/** A prime near 2 ** 32 over the golden ratio, which spreads neighbouring addresses over the whole table. */
const SPREAD = 0x9e3779b1;

/** How often each IPv4 address was seen: a hash table of plain numbers, because it is asked for nearly every line of a file. */
export class Ipv4Counts {
  /** Pairs of an address and its count, which is 0 where a pair is free. */
  private pairs = new Int32Array(SMALLEST * 4);
  private size = 0;

  public add(address: number): void {
    const { pairs } = this;
    const at = this.find(address);
    const count = pairs[at + 1];
    pairs[at + 1] = count + 1;
    if (count === 0) {
      pairs[at] = address;
      this.size++;
      if (this.size * 4 > pairs.length) {
        this.grow();
      }
    }
  }

  public *entries(): Generator<[address: number, count: number]> {
    const { pairs } = this;
    for (let at = 0; at < pairs.length; at += 2) {
      if (pairs[at + 1] > 0) {
        yield [pairs[at], pairs[at + 1]];
      }
    }
  }

  /** Where the address is, or will be. */
  private find(address: number): number {
    const { pairs } = this;
    const mask = pairs.length - 2;
    let at = (Math.imul(address, SPREAD) >>> 7) & mask;
    while (pairs[at + 1] > 0 && pairs[at] !== address) {
      at = (at + 2) & mask;
    }
    return at;
  }

  private grow(): void {
    const known = [...this.entries()];
    this.pairs = new Int32Array(this.pairs.length * 2);
    for (const [address, count] of known) {
      const at = this.find(address);
      this.pairs[at] = address;
      this.pairs[at + 1] = count;
    }
  }
}

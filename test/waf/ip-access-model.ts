/** A network within the few addresses that the model knows, which are numbered from 0. */
export interface Range {
  readonly text: string;
  readonly first: number;
  readonly size: number;
}

interface Said {
  readonly range: Range;
  readonly source: string;
  readonly list: string;
  readonly expiresAt: number;
}

/** IP access as it is meant, as plainly as it can be said: every address for itself, no networks, no merging, no AWS. */
export class IpAccessModel {
  private said: Said[] = [];

  constructor(
    private readonly addresses: number,
    private readonly neverBlock: readonly Range[],
  ) {}

  /** One source has one opinion of one network. */
  public put(range: Range, source: string, list: string, expiresAt: number): void {
    this.remove(range, (other) => other === source);
    this.said.push({ range, source, list, expiresAt });
  }

  public remove({ text }: Range, isSource: (source: string) => boolean): void {
    this.said = this.said.filter((one) => !(one.range.text === text && isSource(one.source)));
  }

  /** A feed's new list stands for its old one. */
  public replace(source: string, ranges: readonly Range[], list: string, expiresAt: number): void {
    this.said = this.said.filter((one) => one.source !== source);
    this.said.push(...ranges.map((range) => ({ range, source, list, expiresAt })));
  }

  public allowed(now: number): number[] {
    const allow = this.paint('ALLOW', now);
    return allow.flatMap((isAllowed, address) => (isAllowed ? [address] : []));
  }

  public blocked(now: number): number[] {
    const block = this.paint('BLOCK', now);
    const never = this.paint('NEVER_BLOCK', now, this.neverBlock);
    return block.flatMap((isBlocked, address) => (isBlocked && !never[address] ? [address] : []));
  }

  private paint(list: string, now: number, more: readonly Range[] = []): boolean[] {
    const live = this.said.filter((one) => one.list === list && one.expiresAt > now).map(({ range }) => range);
    const painted = Array<boolean>(this.addresses).fill(false);
    for (const { first, size } of [...live, ...more]) {
      painted.fill(true, first, first + size);
    }
    return painted;
  }
}

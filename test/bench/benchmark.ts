/** One line of the table that `npx projen bench` prints. */
export interface BenchmarkRow {
  /** What was done, with its size: `parse a WAF log of 500,000 lines`. */
  readonly what: string;
  /** Ours and the reference, measured in this run, with the same unit. */
  readonly ours: number;
  readonly reference: number;
  readonly unit: string;
  /** What the reference is: `gunzip and split the same file`. */
  readonly against: string;
  /** The ratio that is asked for, `ours / reference`. */
  readonly goal: { readonly atLeast: number } | { readonly atMost: number };
}

/** A file `<name>.bench.ts` exports one as `benchmark`; `run.ts` finds it. */
export interface Benchmark {
  readonly name: string;
  /** Engines or tools that must be there are installed before. Rows are printed in this order. */
  run(): Promise<BenchmarkRow[]>;
}

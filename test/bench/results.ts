import * as os from 'node:os';
import * as path from 'node:path';
import type { BenchmarkRow } from './benchmark';

export const BENCH_RESULTS = path.join(__dirname, '..', '..', '.bench', 'results.json');

/** What a run of the benchmarks leaves behind. */
export interface BenchResults {
  readonly when: string;
  readonly machine: string;
  readonly rows: readonly BenchmarkRow[];
}

/** What the figures were measured on. */
export function machine(): string {
  const [{ model }] = os.cpus();
  return `${os.cpus().length} × ${model.trim()}, ${os.type()} ${os.release().split('-')[0]}, Node ${process.versions.node}`;
}

/** A row as people read it. */
export function described(row: BenchmarkRow) {
  const ratio = row.ours / row.reference;
  const { goal } = row;
  return {
    ours: rounded(row.ours),
    reference: rounded(row.reference),
    ratio: ratio.toFixed(2),
    goal: 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`,
    reached: 'atLeast' in goal ? ratio >= goal.atLeast : ratio <= goal.atMost,
  };
}

function rounded(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Benchmark, BenchmarkRow } from './benchmark';

const ROOT = path.join(__dirname, '..', '..');

/**
 * Runs every benchmark, or those whose file names contain one of the arguments, one after another in processes of their own turn,
 * prints one table and writes the same as JSON. A goal that is missed is said, and is the exit code.
 */
async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const files = fs
    .readdirSync(__dirname)
    .filter((file) => file.endsWith('.bench.ts') && (wanted.length === 0 || wanted.some((name) => file.includes(name))))
    .sort();
  console.log(`${os.cpus()[0].model}, ${os.cpus().length} cores, Node ${process.versions.node}`);
  const rows: BenchmarkRow[] = [];
  for (const file of files) {
    const { benchmark }: { benchmark: Benchmark } = await import(path.join(__dirname, file));
    console.log(`\n${benchmark.name} …`);
    for (const row of await benchmark.run()) {
      rows.push(row);
      console.log(`  ${describe(row)}`);
    }
  }
  const target = path.join(ROOT, 'dist', 'bench.json');
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, `${JSON.stringify({ node: process.versions.node, rows }, undefined, 2)}\n`);
  const missed = rows.filter((row) => !isReached(row));
  console.log(
    `\n${rows.length - missed.length} of ${rows.length} goals reached; written to ${path.relative(ROOT, target)}`,
  );
  process.exitCode = missed.length === 0 ? 0 : 1;
}

function describe(row: BenchmarkRow): string {
  const ratio = (row.ours / row.reference).toFixed(2);
  const goal = 'atLeast' in row.goal ? `≥ ${row.goal.atLeast}` : `≤ ${row.goal.atMost}`;
  const verdict = isReached(row) ? '' : '  MISSED';
  return `${row.what}: ${round(row.ours)} ${row.unit}; ${row.against}: ${round(row.reference)} ${row.unit}; ratio ${ratio}, goal ${goal}${verdict}`;
}

function isReached({ ours, reference, goal }: BenchmarkRow): boolean {
  const ratio = ours / reference;
  return 'atLeast' in goal ? ratio >= goal.atLeast : ratio <= goal.atMost;
}

function round(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

void main();

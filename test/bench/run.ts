import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { run as command } from '../support/engines/run';
import { duration, Progress } from '../support/progress';
import type { BenchmarkRow } from './benchmark';
import { BUDGET, BUNDLE } from './budget';
import { plot } from './plot';
import { BENCH_RESULTS, type BenchResults, described, machine } from './results';

const ROOT = path.join(__dirname, '..', '..');
/**
 * Runs every benchmark, or those whose file names contain one of the arguments, one after another, prints one table and writes the same as
 * JSON and as a plot. A goal that is missed is said, and is the exit code. `--publish` also puts the plot into the documentation.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quiet: { type: 'boolean', default: false }, publish: { type: 'boolean', default: false } },
  });
  const names = fs
    .readdirSync(__dirname)
    .filter((file) => file.endsWith('.bench.ts'))
    .map((file) => file.replace('.bench.ts', ''))
    .filter((name) => positionals.length === 0 || positionals.some((wanted) => name.includes(wanted)))
    .sort();
  if (names.length === 0) {
    throw new Error(`no benchmark has '${positionals.join("' or '")}' in its name`);
  }
  const progress = new Progress(
    'bench',
    Object.fromEntries([BUNDLE, ...names].map((name) => [name, BUDGET[name]])),
    values.quiet,
  );
  const start = Date.now();
  const rows: BenchmarkRow[] = [];
  // A fresh clone has no bundles of the Lambda functions.
  await progress.step(BUNDLE, () => command('npx', ['projen', 'pre-compile'], {}, ROOT));
  for (const name of names) {
    rows.push(...(await progress.step(name, () => measured(name))));
  }
  const results: BenchResults = { when: new Date().toISOString().slice(0, 10), machine: machine(), rows };
  fs.mkdirSync(path.dirname(BENCH_RESULTS), { recursive: true });
  fs.writeFileSync(BENCH_RESULTS, `${JSON.stringify(results, undefined, 2)}\n`);
  fs.writeFileSync(path.join(path.dirname(BENCH_RESULTS), 'benchmarks.svg'), plot(results));
  if (values.publish) {
    fs.writeFileSync(path.join(ROOT, 'docs', 'pictures', 'benchmarks.svg'), plot(results));
  }
  const missed = rows.filter((row) => !described(row).reached);
  console.log(`\n${results.machine}\n\n${tableOf(rows)}`);
  console.log(
    `\n${rows.length - missed.length} of ${rows.length} goals reached in ${duration((Date.now() - start) / 1000)}; .bench holds them as JSON and as a plot`,
  );
  process.exitCode = missed.length === 0 ? 0 : 1;
}

/** The rows of a benchmark, which runs in a process of its own. */
async function measured(name: string): Promise<BenchmarkRow[]> {
  const child = fork(path.join(__dirname, 'one.ts'), [name], { execArgv: ['--import', 'tsx'] });
  let rows: BenchmarkRow[] | undefined;
  child.once('message', (message) => {
    rows = message as BenchmarkRow[];
  });
  const [code] = await once(child, 'exit');
  if (!rows || code !== 0) {
    throw new Error(`the benchmark ${name} ended with ${code}`);
  }
  return rows;
}

/** A line for each row, and below it what the reference is. */
function tableOf(rows: readonly BenchmarkRow[]): string {
  const cells = rows.map((row) => {
    const { ours, reference, ratio, goal, reached } = described(row);
    return [
      row.what,
      `${ours} ${row.unit}`,
      `${reference} ${row.unit}`,
      ratio,
      reached ? goal : `${goal} MISSED`,
      row.against,
    ];
  });
  const table = [['what', 'ours', 'reference', 'ratio', 'goal', 'the reference is'], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)));
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

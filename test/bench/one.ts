import * as path from 'node:path';
import type { Benchmark } from './benchmark';

/** Runs the benchmark that is named, in a process of its own: what one leaves in memory would slow the next. */
async function main(name: string): Promise<void> {
  const { benchmark }: { benchmark: Benchmark } = await import(path.join(__dirname, `${name}.bench.ts`));
  process.send?.(await benchmark.run());
}

main(process.argv[2]).then(
  () => process.disconnect(),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);

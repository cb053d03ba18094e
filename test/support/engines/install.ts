import { ENGINES, EngineUnavailable } from '.';

/** Fetches what the suites need, or only the engines named. With CI=true an engine that cannot be had is a failure. */
async function main(wanted: readonly string[]): Promise<void> {
  let failures = 0;
  for (const engine of ENGINES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const start = process.hrtime.bigint();
    const known = engine.isInstalled();
    try {
      await engine.install();
      const seconds = Number((process.hrtime.bigint() - start) / 1_000_000_000n);
      console.log(`${engine.name}: ${known ? 'is installed' : `installed in ${seconds} s`}`);
    } catch (error) {
      const optional = error instanceof EngineUnavailable && !process.env.CI;
      console.log(`${engine.name}: ${optional ? 'skipped' : 'FAILED'}: ${(error as Error).message}`);
      failures += optional ? 0 : 1;
    }
  }
  process.exitCode = failures === 0 ? 0 : 1;
}

void main(process.argv.slice(2));

import { ENGINES, EngineUnavailable } from '.';

/** Fetches what the suites need. With CI=true an engine that cannot be had is a failure. */
async function main(): Promise<void> {
  let failures = 0;
  for (const engine of ENGINES) {
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

void main();

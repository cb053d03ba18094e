import { parseArgs } from 'node:util';
import { Progress } from '../progress';
import { ENGINES, EngineUnavailable } from '.';

/** Seconds that an engine takes to be fetched, where nothing better is known. */
const BUDGET = 25;

/** Fetches what the suites need, or only the engines named. With CI=true an engine that cannot be had is a failure. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quiet: { type: 'boolean', default: false } },
  });
  const unknown = positionals.filter((wanted) => ENGINES.every(({ name }) => name !== wanted));
  if (unknown.length > 0) {
    throw new Error(`no engine is called '${unknown[0]}'; there are ${ENGINES.map(({ name }) => name).join(', ')}`);
  }
  const wanted = ENGINES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const missing = wanted.filter((engine) => !engine.isInstalled());
  const budget = Object.fromEntries(missing.map(({ name }) => [name, BUDGET]));
  const progress = new Progress('engines:install', budget, values.quiet);
  let failures = 0;
  for (const engine of wanted) {
    try {
      // What is there already is looked at too: it may lack a part.
      await (missing.includes(engine) ? progress.step(engine.name, () => engine.install()) : engine.install());
      console.log(`${engine.name}: is installed`);
    } catch (error) {
      const optional = error instanceof EngineUnavailable && !process.env.CI;
      console.log(`${engine.name}: ${optional ? 'skipped' : 'FAILED'}: ${(error as Error).message}`);
      failures += optional ? 0 : 1;
    }
  }
  process.exitCode = failures === 0 ? 0 : 1;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

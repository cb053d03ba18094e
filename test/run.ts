import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { Progress } from './support/progress';

const ROOT = path.join(__dirname, '..');
const RESULTS = fs.mkdtempSync(path.join(os.tmpdir(), 'charging-platform-tests-'));

const { values: options } = parseArgs({ options: { quiet: { type: 'boolean', default: false } } });

/** What runs, with the seconds that it takes on two cores. */
const BUDGET: Record<string, number> = {
  'engines and compile': 420,
  lint: 10,
  types: 60,
  unit: 180,
  engines: 600,
  local: 300,
  consumers: 900,
};
const SUITES = ['engines', 'local', 'consumers'].filter((suite) => fs.existsSync(path.join(ROOT, 'test', suite)));

/** What a suite brought: tests that passed and failed, and why some could not run on this machine. */
interface Outcome {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
  readonly minutes: number;
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: { readonly assertionResults: { readonly status: string; readonly fullName: string }[] }[];
}

/** Everything that proves the library, in an order in which the cheap comes first; the last line counts. */
async function main(): Promise<void> {
  const outcomes: Outcome[] = [];
  const planned = Object.entries(BUDGET).filter(([step]) => step !== 'consumers' || SUITES.includes(step));
  const progress = new Progress('test', Object.fromEntries(planned), options.quiet);
  // Engines come from the network, the assembly from the processor: both at once.
  const prepared = await progress.step('engines and compile', () =>
    Promise.all([
      command('engines', 'npx', ['projen', 'engines:install']),
      command('compile', 'npx', ['projen', 'pre-compile']).then((bundled) =>
        bundled.failed ? bundled : command('compile', 'npx', ['projen', 'compile'], bundled.minutes),
      ),
    ]),
  );
  outcomes.push(...prepared);
  const step = async (name: string, act: () => Promise<Outcome>) => outcomes.push(await progress.step(name, act));
  await step('lint', () => command('lint', 'npx', ['biome', 'check', '--error-on-warnings']));
  await step('types', () => command('types', 'npx', ['tsc', '--noEmit', '-p', 'tsconfig.dev.json']));
  const slow = ['engines', 'local', 'consumers'].map(folder);
  await step('unit', () => jest('unit', ['--maxWorkers=100%', '--testPathIgnorePatterns', ...slow]));
  for (const suite of SUITES) {
    await step(suite, () => jest(suite, ['--runInBand', '--testPathPatterns', folder(suite)]));
  }
  report(outcomes);
}

function folder(suite: string): string {
  return `/test/${suite}/`;
}

/** A step that passes or fails as a whole, as one test. */
async function command(suite: string, program: string, args: string[], before = 0): Promise<Outcome> {
  const start = Date.now();
  const code = await run(suite, program, args);
  const failed = code === 0 ? 0 : 1;
  return { suite, passed: 1 - failed, failed, skipped: [], minutes: before + minutesSince(start) };
}

async function jest(suite: string, args: string[]): Promise<Outcome> {
  const start = Date.now();
  const file = path.join(RESULTS, `${suite}.json`);
  const code = await run(suite, 'npx', ['jest', '--ci', '--passWithNoTests', '--json', '--outputFile', file, ...args]);
  const minutes = minutesSince(start);
  if (!fs.existsSync(file)) {
    return { suite, passed: 0, failed: 1, skipped: [], minutes };
  }
  const found: JestReport = JSON.parse(fs.readFileSync(file, 'utf8'));
  const failed = found.numFailedTests + found.numRuntimeErrorTestSuites;
  return {
    suite,
    passed: found.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: found.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'pending')
      .map(({ fullName }) => fullName),
    minutes,
  };
}

/** Jest prints its report on standard error; with `--json` its standard output is the same as the file, and dropped. */
async function run(suite: string, program: string, args: string[]): Promise<number> {
  if (!options.quiet) {
    console.log(`==> ${suite}: ${program} ${args.filter((arg) => !arg.startsWith(RESULTS)).join(' ')}`);
  }
  const child = spawn(program, args, {
    cwd: ROOT,
    stdio: ['ignore', options.quiet || args.includes('--json') ? 'ignore' : 'inherit', 'inherit'],
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' },
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function minutesSince(start: number): number {
  return (Date.now() - start) / 60_000;
}

function report(outcomes: readonly Outcome[]): void {
  fs.rmSync(RESULTS, { recursive: true });
  console.log('\nsuite        minutes   passed   failed  skipped');
  for (const { suite, minutes, passed, failed, skipped } of outcomes) {
    const columns = [
      minutes.toFixed(1).padStart(7),
      ...[passed, failed, skipped.length].map((n) => String(n).padStart(8)),
    ];
    console.log(`${suite.padEnd(12)} ${columns.join(' ')}`);
  }
  for (const { suite, skipped } of outcomes) {
    for (const name of skipped) {
      console.log(`skipped in ${suite}: ${name}`);
    }
  }
  const sum = (key: 'passed' | 'failed') => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
}

void main();

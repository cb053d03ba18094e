import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Benchmark } from './benchmark';

const ROOT = path.join(__dirname, '..', '..');
const LIBRARY = path.join(ROOT, 'lib');
const ROUNDS = 7;

/**
 * Requiring the library against requiring the submodules of the CDK that it requires itself, each in a process of its own. Both read
 * their code when a name is first used, so it is measured once without and once with using every name.
 */
export const benchmark: Benchmark = {
  name: 'Weight of the package',
  async run() {
    const submodules = submodulesInUse();
    const compared = (use: boolean) => {
      const ours: number[] = [];
      const reference: number[] = [];
      // In turns, so that what else the machine does falls on both; the first round fills the file system's cache.
      for (let round = 0; round <= ROUNDS; round++) {
        const times = [millisecondsToLoad(submodules, use), millisecondsToLoad([LIBRARY], use)];
        if (round > 0) {
          reference.push(times[0]);
          ours.push(times[1]);
        }
      }
      return { ours: median(ours), reference: median(reference), unit: 'ms', goal: { atMost: 1.25 } };
    };
    const against = `the ${submodules.length} submodules of the CDK that it uses`;
    return [
      { what: "require('cdk-charging-platform')", against, ...compared(false) },
      { what: 'the same, and every name read once', against: `${against}, every name read once`, ...compared(true) },
    ];
  },
};

function submodulesInUse(): string[] {
  const code = fs
    .readdirSync(LIBRARY, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js') && !name.includes('.lambda'))
    .map((name) => fs.readFileSync(path.join(LIBRARY, name), 'utf8'));
  const found = code.flatMap((text) => [...text.matchAll(/require\("((?:aws-cdk-lib|constructs)[^"]*)"\)/g)]);
  return [...new Set(found.map(([, name]) => name))].sort();
}

function millisecondsToLoad(modules: readonly string[], use: boolean): number {
  const program =
    'const start = process.hrtime.bigint();' +
    `for (const name of ${JSON.stringify(modules)}) { const loaded = require(name); ${use ? 'Object.values(loaded);' : ''} }` +
    'console.log(Number(process.hrtime.bigint() - start) / 1e6);';
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', program], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(stderr);
  }
  return Number(stdout);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

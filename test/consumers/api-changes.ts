import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { run } from '../support/engines/run';

const ROOT = path.join(__dirname, '..', '..');
const PROGRAMS = path.join(ROOT, 'node_modules', '.bin');
const QUIET = { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };
/** Changes that were reviewed: what jsii-diff prints in brackets, one a line, each below a comment that says why it is right. */
const REVIEWED = path.join(__dirname, 'reviewed-api-changes.txt');

/** The newest release that this clone knows. */
export function lastRelease(folder = ROOT): string | undefined {
  const { status, stdout } = spawnSync('git', ['describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trim() : undefined;
}

/** What a user of one assembly would have to change for the other, as jsii-diff says it; empty where nothing. */
export async function breakingChanges(before: string, now: string, reviewed = REVIEWED): Promise<string> {
  const args = [before, now, '--error-on', 'all', '--default-stability', 'experimental', '--keys'];
  try {
    await run(path.join(PROGRAMS, 'jsii-diff'), [...args, '--ignore-file', reviewed], QUIET);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

/** Compiles a release as it was, in a work tree that is removed afterwards. */
async function compareWith(release: string): Promise<string> {
  const folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'last-release-')), 'library');
  await run('git', ['worktree', 'add', '--detach', folder, release], {}, ROOT);
  try {
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    await run(path.join(PROGRAMS, 'jsii'), ['--silence-warnings=reserved-word'], QUIET, folder);
    return await breakingChanges(folder, ROOT);
  } finally {
    await run('git', ['worktree', 'remove', '--force', folder], {}, ROOT);
  }
}

async function main(): Promise<void> {
  const release = process.argv[2] ?? lastRelease();
  if (release === undefined) {
    console.log('no release yet, or a clone without tags: there is nothing to be compatible with');
    return;
  }
  const changes = await compareWith(release);
  console.log(changes || `nothing that worked with ${release} breaks`);
  process.exitCode = changes ? 1 : 0;
}

if (require.main === module) {
  void main();
}

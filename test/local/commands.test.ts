import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describeWith, EMULATOR } from '../support/engines';
import { waitFor } from './steps/wait';

const ROOT = path.join(__dirname, '..', '..');
const REPORT = path.join(ROOT, '.demo', 'report.html');

jest.setTimeout(600_000);

/** What a command prints; `env` without what jest sets for this process. */
function sh(command: string): string {
  const { CDK_VALIDATION, NODE_ENV, JEST_WORKER_ID, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { cwd: ROOT, env, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${command} ended with ${status}:\n${`${stdout}${stderr}`.slice(-4000)}`);
  }
  return stdout;
}

describeWith([EMULATOR], 'the commands that pages give to people', () => {
  test('npx projen demo -- --quiet ends with the report, and prints nothing but the summary', () => {
    fs.rmSync(REPORT, { force: true });
    const printed = sh('npx projen demo --quiet');
    expect(printed).toContain('All of it on one page: .demo/report.html');
    expect(printed).not.toContain('left)');
    expect(fs.readFileSync(REPORT, 'utf8')).toContain('went from log line to entry to IP set');
  });

  test('npx projen demo --keep goes on running until the command that it prints stops it', async () => {
    const printed = sh('npx projen demo --keep --quiet');
    const [, endpoint] = /AWS_ENDPOINT_URL=(\S+)/.exec(printed) ?? [];
    const [stop, folder] = /kill -KILL -- -\d+; rm -r (\S+)/.exec(printed) ?? [];
    expect((await fetch(endpoint)).status).toBeLessThan(500);
    sh(stop as string);
    await waitFor('the end of the emulator', () =>
      fetch(endpoint).then(
        () => undefined,
        () => true,
      ),
    );
    expect(fs.existsSync(folder as string)).toBe(false);
  });

  test('npx projen bench says what was measured, on what', () => {
    expect(sh('npx projen bench --quiet synthesis')).toMatch(/Node \d+[\s\S]*whole example[\s\S]*2 of 2 goals reached/);
  });
});

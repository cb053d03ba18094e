import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';

const FOLDER = path.join(__dirname, '..', '..', '.github', 'workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Record<string, string>;
  readonly 'timeout-minutes'?: number;
}
interface Job {
  readonly if?: string;
  readonly permissions?: Record<string, string>;
  readonly environment?: string;
  readonly 'timeout-minutes'?: number;
  readonly steps: Step[];
}
interface Workflow {
  readonly on: Record<string, unknown>;
  readonly jobs: Record<string, Job>;
}

const workflows: [string, Workflow][] = fs
  .readdirSync(FOLDER)
  .map((name) => [name, parse(fs.readFileSync(path.join(FOLDER, name), 'utf8'))]);
const jobs = workflows.flatMap(([name, workflow]) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({ where: `${name} ${id}`, workflow, job })),
);

test('every action is pinned by digest', () => {
  const used = jobs.flatMap(({ where, job }) => job.steps.map(({ uses }) => ({ where, uses })));
  const loose = used.filter(({ uses }) => uses !== undefined && !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(uses));
  expect(loose).toEqual([]);
});

test('every job names its permissions, and writes only what its task is', () => {
  const writes = jobs.flatMap(({ where, job }) =>
    Object.entries(job.permissions ?? { everything: 'write' })
      .filter(([, access]) => access !== 'read')
      .map(([permission]) => `${where}: ${permission}`),
  );
  expect(writes).toEqual([
    'integration.yml account: id-token',
    'pull-request-lint.yml validate: pull-requests',
    'release.yml release_github: contents',
    'release.yml release_npm: id-token',
    'release.yml release_pypi: id-token',
    'release.yml release_nuget: id-token',
    'release.yml release_sbom: contents',
  ]);
});

test('nothing is published unless a person starts it and a reviewer agrees', () => {
  const publishing = jobs.filter(({ job }) => job.steps.some(({ run }) => /publib|gh release create/.test(run ?? '')));
  expect(publishing.map(({ where }) => where)).toEqual(
    ['github', 'npm', 'maven', 'pypi', 'nuget', 'golang'].map((target) => `release.yml release_${target}`),
  );
  for (const { workflow, job } of publishing) {
    expect(Object.keys(workflow.on)).toEqual(['workflow_dispatch']);
    expect(job.environment).toBe('release');
  }
});

test('a deployment to a real account that hangs leaves an hour to destroy it', () => {
  const account = jobs.find(({ where }) => where === 'integration.yml account')?.job as Job;
  const [deploy, destroy] = account.steps.filter(({ run }) => run?.includes('integ:deploy account'));
  expect((account['timeout-minutes'] ?? 0) - (deploy['timeout-minutes'] ?? Number.NaN)).toBeGreaterThanOrEqual(60);
  expect(destroy).toMatchObject({ run: 'npx projen integ:deploy account --destroy', if: 'always()' });
});

test('what publishes is a program of one version', () => {
  const programs = jobs.flatMap(({ job }) => job.steps.flatMap(({ run }) => run?.match(/publib@[^' ]+/g) ?? []));
  expect(new Set(programs).size).toBe(1);
  expect(programs[0]).toMatch(/^publib@\d+\.\d+\.\d+$/);
});

test('CONTRIBUTING.md lists the secrets and variables that workflows read, and no others', () => {
  const text = fs.readdirSync(FOLDER).map((name) => fs.readFileSync(path.join(FOLDER, name), 'utf8'));
  const names = (found: string) => new Set([...found.matchAll(/(?:secrets|vars)\.(\w+)/g)].map(([, name]) => name));
  const read = names(text.join('\n'));
  // GitHub gives this one by itself.
  read.delete('GITHUB_TOKEN');
  const guide = fs.readFileSync(path.join(__dirname, '..', '..', 'CONTRIBUTING.md'), 'utf8');
  const listed = new Set([...guide.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name));
  expect([...listed].sort()).toEqual([...read].sort());
});

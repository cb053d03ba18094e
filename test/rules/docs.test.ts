import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { PAGES, pageText, shellBlocks } from '../support/doc-commands';

const ROOT = path.join(__dirname, '..', '..');

/** Commands of the project, and the file that runs them in continuous integration. */
const RUN_BY: Record<string, string> = {
  'npm ci': '.ci/run',
  'npx projen test': '.ci/run',
  'npx projen demo': 'test/local/commands.test.ts',
};

/** Pages for operators, and the suite that pastes each of their blocks into a shell. */
const PASTED_BY: Record<string, string> = {
  'docs/backup.md': 'test/engines/docs.test.ts',
  'docs/ip-access.md': 'test/local/platform.test.ts',
  'docs/mail.md': 'test/local/platform.test.ts',
  'docs/monitoring.md': 'test/local/platform.test.ts',
  'docs/restore.md': 'test/engines/docs.test.ts',
};

const blocks = PAGES.flatMap(shellBlocks);
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');
const tasks: Record<string, { steps?: { spawn?: string }[] }> = JSON.parse(read('.projen/tasks.json')).tasks;

test('every block of shell is one that a suite executes', () => {
  const unknown = blocks
    .filter(({ page }) => !(page in PASTED_BY))
    .flatMap(({ page, text }) => commandsOf(text).map((command) => ({ page, command })))
    .filter(({ command }) => !(command in RUN_BY) && command !== 'npx projen test:unit');
  expect(unknown).toEqual([]);
  for (const [command, file] of Object.entries(RUN_BY)) {
    expect(read(file)).toContain(command);
  }
  for (const [page, file] of Object.entries(PASTED_BY)) {
    expect(shellBlocks(page)).not.toHaveLength(0);
    expect(read(file)).toContain(`'${page}'`);
  }
});

test('`npx projen test:unit` is a part of the build, which continuous integration runs', () => {
  const spawned = (task: string) => tasks[task].steps?.flatMap(({ spawn }) => spawn ?? []) ?? [];
  expect(spawned('test:unit')).not.toHaveLength(0);
  expect(spawned('test:unit').filter((task) => !spawned('build').includes(task))).toEqual([]);
  expect(read('.ci/run')).toContain('npx projen build');
});

test.each(blocks.map(({ page, text }) => [page, text.split('\n')[0], text]))(
  '%s: %s … is shell',
  (_page, _first, text) => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    // A placeholder such as `<name>` is a redirection to whoever pastes it.
    expect(text).not.toMatch(/<[a-z][a-z ]*>/);
  },
);

test('every task that a page names exists', () => {
  const named = PAGES.flatMap((page) =>
    [...pageText(page).matchAll(/npx projen ([a-z][\w:-]*)/g)].map(([, task]) => ({ page, task })),
  );
  expect(named.length).toBeGreaterThan(blocks.length / 2);
  expect(named.filter(({ task }) => !(task in tasks))).toEqual([]);
});

/** Where the props of each room are explained. */
const PAGES_OF: Record<string, string[]> = {
  backup: ['docs/backup.md'],
  database: ['docs/database.md'],
  dns: ['docs/dns.md'],
  edge: ['docs/edge.md'],
  fleet: ['docs/fleet.md'],
  mail: ['docs/mail.md'],
  monitoring: ['docs/monitoring.md'],
  network: ['docs/network.md'],
  sftp: ['docs/sftp.md'],
  waf: ['docs/waf.md', 'docs/ip-access.md'],
};

test('every prop is named on the page of its room', () => {
  const { types }: { types: Record<string, Struct> } = JSON.parse(read('.jsii'));
  const unnamed = Object.values(types)
    .filter(({ datatype }) => datatype)
    .flatMap(({ name, properties = [], locationInModule: { filename } }) => {
      const text = PAGES_OF[filename.split('/')[1]].map(read).join();
      return properties.map((prop) => ({ struct: name, prop: prop.name, isNamed: hasWord(text, prop.name) }));
    })
    .filter(({ isNamed }) => !isNamed);
  expect(unnamed).toEqual([]);
});

interface Struct {
  readonly name: string;
  readonly datatype?: boolean;
  readonly properties?: { readonly name: string }[];
  readonly locationInModule: { readonly filename: string };
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`\\b${word}\\b`).test(text);
}

/** The commands of a block, without its comments. */
function commandsOf(text: string): string[] {
  return text
    .split(/\n|&&/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}

import * as fs from 'node:fs';
import * as path from 'node:path';
import { AWS_CLI } from './engines';
import { run } from './engines/run';

const ROOT = path.join(__dirname, '..', '..');

export const PAGES: readonly string[] = [
  'README.md',
  'README.es.md',
  'CONTRIBUTING.md',
  ...fs
    .readdirSync(path.join(ROOT, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

/** A piece of shell that a page gives to its reader. */
export interface ShellBlock {
  readonly page: string;
  readonly text: string;
}

export function pageText(page: string): string {
  return fs.readFileSync(path.join(ROOT, page), 'utf8');
}

export function shellBlocks(page: string): ShellBlock[] {
  return [...pageText(page).matchAll(/^```(?:sh|shell|bash|console)\n([\s\S]*?)^```$/gm)].map(([, text]) => ({
    page,
    text,
  }));
}

/**
 * Version 2 of the AWS CLI, which pages are written for, is in no package registry. This makes of version 1 what the pages need:
 * it gives out credentials, takes no format of binary arguments, having only the raw one, and fetches no argument that is an address.
 */
const SHIM = `#!/bin/bash
if [ "$1 $2" = 'configure export-credentials' ]; then
  printf 'export AWS_ACCESS_KEY_ID=%s\\nexport AWS_SECRET_ACCESS_KEY=%s\\nexport AWS_SESSION_TOKEN=%s\\n' \\
    "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "\${AWS_SESSION_TOKEN:-none}"
  exit
fi
arguments=()
while [ $# -gt 0 ]; do
  if [ "$1" = '--cli-binary-format' ]; then shift 2; else arguments+=("$1"); shift; fi
done
exec "$REAL_AWS" "\${arguments[@]}"
`;

/** Runs a block as an operator does who pastes it, and gives what it printed; a command that fails ends it with an error. */
export async function paste(text: string, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const programs = path.join(folder, 'bin');
  fs.mkdirSync(programs, { recursive: true });
  fs.writeFileSync(path.join(programs, 'aws'), SHIM, { mode: 0o755 });
  fs.mkdirSync(path.join(folder, '.aws'), { recursive: true });
  fs.writeFileSync(path.join(folder, '.aws', 'config'), '[default]\ncli_follow_urlparam = false\n');
  // Nobody's own account.
  const inherited = Object.keys(process.env).filter((name) => name.startsWith('AWS_') && !(name in env));
  return run(
    'bash',
    ['-c', `set -euo pipefail\nunset -v none ${inherited.join(' ')}\n${text}`],
    {
      PATH: `${programs}:${process.env.PATH}`,
      REAL_AWS: AWS_CLI.program('aws'),
      HOME: folder,
      ...env,
    },
    folder,
  );
}

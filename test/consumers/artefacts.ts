import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ENGINES_FOLDER } from '../support/engines/engine';
import { run } from '../support/engines/run';

export const ROOT = path.join(__dirname, '..', '..');
/** What consumers install stays here between runs, so that only the first one waits for the registries. */
export const CONSUMERS_FOLDER = path.join(ENGINES_FOLDER, 'consumers');
/** Files that an artefact is made of. */
const INGREDIENTS = ['.jsii', 'package.json', 'README.md', 'lib', 'assets'];

/** What a release uploads, built from this checkout. */
export interface Artefacts {
  /** npm tarball. */
  readonly tarball: string;
  /** Python wheel. */
  readonly wheel: string;
  /** Folder of generated code, one folder per language, for those whose artefact needs more than this machine has. */
  readonly code: string;
}

/** Packs what was compiled, unless the same was packed before. */
export async function artefacts(): Promise<Artefacts> {
  const folder = path.join(CONSUMERS_FOLDER, 'artefacts', fingerprint());
  if (!fs.existsSync(folder)) {
    // Only the newest is of use; a build that was broken off leaves nothing that looks finished.
    fs.rmSync(path.dirname(folder), { recursive: true, force: true });
    const building = `${folder}.building`;
    await pacmak('--targets', 'js', 'python', '--outdir', building);
    await pacmak('--targets', 'java', 'go', 'dotnet', '--code-only', '--outdir', path.join(building, 'code'));
    // Classic yarn takes what follows an @ for a version.
    const tarball = only(path.join(building, 'js'), '.tgz');
    fs.renameSync(tarball, path.join(building, 'js', `cdk-charging-platform-${path.basename(folder)}.tgz`));
    fs.renameSync(building, folder);
  }
  return {
    tarball: only(path.join(folder, 'js'), '.tgz'),
    wheel: only(path.join(folder, 'python'), '.whl'),
    code: path.join(folder, 'code'),
  };
}

function pacmak(...args: string[]): Promise<string> {
  const silent = { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };
  return run(path.join(ROOT, 'node_modules', '.bin', 'jsii-pacmak'), [...args, ROOT], silent);
}

function fingerprint(): string {
  const missing = INGREDIENTS.filter((name) => !fs.existsSync(path.join(ROOT, name)));
  if (missing.length > 0) {
    throw new Error(
      `${missing.join(', ')} is not compiled yet; run "npx projen test:consumers", which does that first`,
    );
  }
  const hash = createHash('sha256');
  for (const file of INGREDIENTS.flatMap(filesBelow)) {
    hash.update(`${file}\0`).update(fs.readFileSync(path.join(ROOT, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

function filesBelow(name: string): string[] {
  const place = path.join(ROOT, name);
  if (!fs.statSync(place).isDirectory()) {
    return [name];
  }
  return fs
    .readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((file) => fs.statSync(path.join(place, file)).isFile())
    .map((file) => path.join(name, file))
    .sort();
}

function only(folder: string, ending: string): string {
  const found = fs.readdirSync(folder).filter((name) => name.endsWith(ending));
  if (found.length !== 1) {
    throw new Error(`${folder} should hold one file that ends in ${ending}, got ${found.join(', ') || 'none'}`);
  }
  return path.join(folder, found[0]);
}

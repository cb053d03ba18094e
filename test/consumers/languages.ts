import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Engine } from '../support/engines';
import { run } from '../support/engines/run';

const ROOT = path.join(__dirname, '..', '..');
const DIST = path.join(ROOT, 'dist');
const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
/** The oldest CDK that the library works with, which is what consumers here use. */
const CDK_FLOOR: string = manifest.devDependencies['aws-cdk-lib'];
const CONSTRUCTS_FLOOR: string = manifest.devDependencies.constructs;

/** A language's own tools, which are not ours to install. */
class Toolchain implements Engine {
  constructor(
    public readonly name: string,
    private readonly program: string,
    private readonly args: readonly string[],
  ) {}

  public isInstalled(): boolean {
    return spawnSync(this.program, this.args, { stdio: 'ignore' }).status === 0;
  }

  public install(): Promise<void> {
    return Promise.reject(new Error(`${this.name} is a toolchain: install it by its own means`));
  }
}

/** How a user of a language installs the package from disk and synthesises an app with it. */
export interface Language {
  readonly name: string;
  readonly toolchain: Engine;
  /** Builds the package, installs it in an empty folder beside the app, and runs the app. Gives the folder of the assembly. */
  synthesise(folder: string): Promise<string>;
}

const typescript: Language = {
  name: 'TypeScript',
  toolchain: new Toolchain('npm', 'npm', ['--version']),
  async synthesise(folder) {
    await pacmak('js');
    copyApp('typescript', folder);
    fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
    const packages = [artefact('js', '.tgz'), `aws-cdk-lib@${CDK_FLOOR}`, `constructs@${CONSTRUCTS_FLOOR}`, 'tsx@4'];
    await runIn(folder, 'npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages]);
    return synthesiseBy(folder, 'npx', ['tsx', 'app.ts']);
  },
};

const python: Language = {
  name: 'Python',
  toolchain: new Toolchain('Python with venv', 'python3', ['-c', 'import venv, ensurepip']),
  async synthesise(folder) {
    await pacmak('python');
    copyApp('python', folder);
    await runIn(folder, 'python3', ['-m', 'venv', 'venv']);
    const wanted = [artefact('python', '.whl'), `aws-cdk-lib==${CDK_FLOOR}`, `constructs==${CONSTRUCTS_FLOOR}`];
    await runIn(folder, path.join(folder, 'venv/bin/pip'), ['install', '--quiet', ...wanted]);
    return synthesiseBy(folder, path.join(folder, 'venv/bin/python'), ['app.py']);
  },
};

const java: Language = {
  name: 'Java',
  toolchain: new Toolchain('Maven', 'mvn', ['--version']),
  async synthesise(folder) {
    const source = path.join(folder, 'library');
    await pacmak('java', '--code-only', '--outdir', source);
    const project = path.join(source, 'java');
    exactVersions(path.join(project, 'pom.xml'));
    const quick = ['-q', '-B', '-DskipTests', '-Dmaven.javadoc.skip=true', '-Dmaven.source.skip=true'];
    const repository = `-Dmaven.repo.local=${path.join(folder, 'repository')}`;
    await runIn(project, 'mvn', [...quick, 'install']);
    copyApp('java', folder);
    return synthesiseBy(folder, 'mvn', [...quick.filter((arg) => arg !== repository), 'compile', 'exec:java']);
  },
};

const go: Language = {
  name: 'Go',
  toolchain: new Toolchain('Go', 'go', ['version']),
  async synthesise(folder) {
    await pacmak('go');
    copyApp('go', folder);
    const replaced = `replace github.com/cdk-charging-platform/cdk-charging-platform-go/chargingplatform => ${path.join(DIST, 'go', 'chargingplatform')}\n`;
    fs.appendFileSync(path.join(folder, 'go.mod'), replaced);
    await runIn(folder, 'go', ['mod', 'tidy', '-e']);
    return synthesiseBy(folder, 'go', ['run', '.']);
  },
};

export const LANGUAGES: readonly Language[] = [typescript, python, java, go];

function pacmak(target: string, ...args: string[]): Promise<string> {
  return run('npx', ['jsii-pacmak', '--target', target, ...(args.length > 0 ? args : ['--outdir', DIST]), ROOT]);
}

/** The package that was built last. */
function artefact(target: string, ending: string): string {
  const folder = path.join(DIST, target);
  const file = fs.readdirSync(folder).find((name) => name.endsWith(ending));
  return path.join(folder, file as string);
}

function copyApp(language: string, folder: string): void {
  fs.cpSync(path.join(__dirname, language), folder, { recursive: true });
}

async function synthesiseBy(folder: string, program: string, args: string[]): Promise<string> {
  const assembly = path.join(folder, 'cdk.out');
  await runIn(folder, program, args, { CDK_OUTDIR: assembly, CDK_VALIDATION: 'false' });
  return assembly;
}

async function runIn(folder: string, program: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  await run(program, args, { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20', ...env }, folder);
}

/** Maven resolves ranges only where the repository lists every version; a build wants one version anyhow. */
function exactVersions(pom: string): void {
  const text = fs.readFileSync(pom, 'utf8');
  fs.writeFileSync(pom, text.replaceAll(/\[(\d+\.\d+\.\d+),[^)\]]*[)\]]/g, '$1'));
}

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Engine, EngineUnavailable } from '../support/engines';
import { run } from '../support/engines/run';
import { artefacts, CONSUMERS_FOLDER } from './artefacts';
import { type AssemblyFiles, emptyAssembly, filesOf } from './assembly';
import { FLOOR, NodeConsumer } from './node';

/** A language's own programs, which are not ours to install. */
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
    return Promise.reject(new EngineUnavailable(`install ${this.name} by its own means`));
  }
}

/** How a user of a language installs the packed library and synthesises an app with it. */
export interface Language {
  readonly name: string;
  readonly toolchain: Engine;
  /** Installs the library beside the language's app and runs that. */
  synthesise(): Promise<AssemblyFiles>;
}

export const GO: Engine = new Toolchain('Go 1.25 or newer', 'go', ['version']);

const typescript: Language = {
  name: 'TypeScript',
  toolchain: new Toolchain('npm', 'npm', ['--version']),
  async synthesise() {
    const consumer = await NodeConsumer.install('npm', 'npm', FLOOR);
    return consumer.synthesise(fs.readFileSync(path.join(__dirname, 'typescript', 'app.ts'), 'utf8'));
  },
};

const python: Language = {
  name: 'Python',
  toolchain: new Toolchain('Python 3.10 or newer with venv', 'python3', [
    '-c',
    'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))',
  ]),
  async synthesise() {
    const { wheel } = await artefacts();
    const folder = layOut('python');
    const venv = path.join(folder, 'venv');
    const pip = path.join(venv, 'bin', 'pip');
    const quiet = ['install', '--quiet', '--disable-pip-version-check'];
    const cdk = Object.entries(FLOOR).map(([name, version]) => `${name}==${version}`);
    await run('python3', ['-m', 'venv', venv]);
    await run(pip, [...quiet, wheel, ...cdk]);
    // The version never changes, so pip would keep what it installed before.
    await run(pip, [...quiet, '--force-reinstall', '--no-deps', wheel]);
    return synthesiseBy(folder, path.join(venv, 'bin', 'python'), 'app.py');
  },
};

const java: Language = {
  name: 'Java',
  toolchain: new Toolchain('Maven with Java 17 or newer', 'mvn', ['--version']),
  async synthesise() {
    const { code } = await artefacts();
    const folder = layOut('java');
    const library = path.join(folder, 'library');
    fs.rmSync(library, { recursive: true, force: true });
    fs.cpSync(path.join(code, 'java'), library, { recursive: true });
    exactVersions(path.join(library, 'pom.xml'), path.join(folder, 'pom.xml'));
    // A repository of its own: nobody's home folder is left with a version 0.0.0.
    const quick = ['-q', '-B', `-Dmaven.repo.local=${path.join(CONSUMERS_FOLDER, 'maven')}`];
    const jarOnly = ['-DskipTests', '-Dmaven.javadoc.skip=true', '-Dmaven.source.skip=true', '-Dgpg.skip=true'];
    await run('mvn', [...quick, ...jarOnly, 'install'], {}, library);
    return synthesiseBy(folder, 'mvn', ...quick, 'compile', 'exec:java');
  },
};

const go: Language = {
  name: 'Go',
  toolchain: GO,
  async synthesise() {
    const { code } = await artefacts();
    const folder = layOut('go');
    const library = 'github.com/cdk-charging-platform/cdk-charging-platform-go/chargingplatform';
    const schema = 'github.com/cdklabs/cloud-assembly-schema-go/awscdkcloudassemblyschema/v54';
    const agent = 'github.com/cdklabs/awscdk-asset-node-proxy-agent-go/nodeproxyagentv6/v2';
    const replaced = [
      `${library}=${path.join(code, 'go', 'chargingplatform')}`,
      // Proxies that serve only some versions lack the ones that the CDK asks for; both modules are data, not API.
      `${schema}=${schema}@v54.1.0`,
      `${agent}=${agent}@v2.1.2`,
    ];
    await run('go', ['mod', 'edit', ...replaced.map((replacement) => `-replace=${replacement}`)], {}, folder);
    await run('go', ['mod', 'tidy', '-e'], {}, folder);
    return synthesiseBy(folder, 'go', 'run', '.');
  },
};

export const LANGUAGES: readonly Language[] = [typescript, python, java, go];

/** The app of a language in a folder of its own; what was installed there before stays. */
function layOut(language: string): string {
  const folder = path.join(CONSUMERS_FOLDER, language);
  fs.cpSync(path.join(__dirname, language), folder, { recursive: true });
  return folder;
}

async function synthesiseBy(folder: string, program: string, ...args: string[]): Promise<AssemblyFiles> {
  const assembly = emptyAssembly(folder);
  await run(program, args, { CDK_OUTDIR: assembly, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' }, folder);
  return filesOf(assembly);
}

/** Maven resolves a range only where the repository lists every version; the library is built against what the app asks for. */
function exactVersions(pom: string, consumer: string): void {
  const [, cdk] =
    /<artifactId>aws-cdk-lib<\/artifactId>\s*<version>(.+)<\/version>/.exec(fs.readFileSync(consumer, 'utf8')) ?? [];
  const text = fs
    .readFileSync(pom, 'utf8')
    .replace(/(<artifactId>aws-cdk-lib<\/artifactId>\s*<version>)[^<]+/, `$1${cdk}`)
    .replaceAll(/<version>\[([^,]+),[^<]+<\/version>/g, '<version>$1</version>');
  fs.writeFileSync(pom, text);
}

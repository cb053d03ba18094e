import * as fs from 'node:fs';
import * as path from 'node:path';
import { run } from '../support/engines/run';
import { artefacts, CONSUMERS_FOLDER, ROOT } from './artefacts';
import { type AssemblyFiles, emptyAssembly, filesOf } from './assembly';

const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

/** Versions that a consumer asks for. */
export interface CdkVersions {
  readonly 'aws-cdk-lib': string;
  readonly constructs: string;
}

/** The oldest that the library takes. */
export const FLOOR: CdkVersions = {
  'aws-cdk-lib': manifest.devDependencies['aws-cdk-lib'],
  constructs: manifest.devDependencies.constructs,
};
/** Whatever the registry has to offer today. */
export const NEWEST: CdkVersions = { 'aws-cdk-lib': '^2', constructs: '^10' };

/** Programs that install packages, as they come from the npm registry, with how each is told to update what is there. */
const MANAGERS = {
  npm: ['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline'],
  pnpm: ['npx', '--yes', 'pnpm@10.34.8', 'install', '--no-frozen-lockfile', '--prefer-offline'],
  yarn: ['npx', '--yes', 'yarn@1.22.22', 'install', '--no-progress'],
};

/** An empty project of somebody else, that installed the packed library. */
export class NodeConsumer {
  public static async install(name: string, manager: keyof typeof MANAGERS, cdk: CdkVersions): Promise<NodeConsumer> {
    const { tarball } = await artefacts();
    const consumer = new NodeConsumer(path.join(CONSUMERS_FOLDER, name));
    const dependencies = { 'cdk-charging-platform': `file:${tarball}`, ...cdk };
    const text = JSON.stringify({ name: 'consumer', version: '1.0.0', private: true, dependencies });
    const file = path.join(consumer.folder, 'package.json');
    // A range may have a newer answer by now; exact versions have been installed once and for all.
    const fixed = cdk === FLOOR && fs.existsSync(file) && fs.readFileSync(file, 'utf8') === text;
    if (!fixed) {
      fs.rmSync(consumer.folder, { recursive: true, force: true });
      fs.mkdirSync(consumer.folder, { recursive: true });
      const [program, ...args] = MANAGERS[manager];
      fs.writeFileSync(path.join(consumer.folder, 'package.json'), text);
      await run(program, args, {}, consumer.folder).catch((error) => {
        fs.rmSync(file);
        throw error;
      });
    }
    return consumer;
  }

  private constructor(public readonly folder: string) {}

  /** Version of an installed package. */
  public versionOf(name: string): string {
    return JSON.parse(fs.readFileSync(path.join(this.folder, 'node_modules', name, 'package.json'), 'utf8')).version;
  }

  /** Writes a file and runs it with Node, or with tsx where it is TypeScript. Gives what it printed. */
  public runFile(name: string, text: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    fs.writeFileSync(path.join(this.folder, name), text);
    const [program, ...args] = name.endsWith('.ts')
      ? [path.join(ROOT, 'node_modules', '.bin', 'tsx')]
      : [process.execPath];
    return run(program, [...args, name], env, this.folder);
  }

  /** Synthesises an app with context as from its own `cdk.json`. */
  public async synthesise(app: string, context: Record<string, unknown> = {}): Promise<AssemblyFiles> {
    const assembly = emptyAssembly(this.folder);
    await this.runFile('app.ts', app, { CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: JSON.stringify(context) });
    return filesOf(assembly);
  }
}

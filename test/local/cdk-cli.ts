import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { ACCOUNT } from './emulator/launcher';

const CLI = path.join(__dirname, '..', '..', 'node_modules', 'aws-cdk', 'bin', 'cdk');

export interface CliResult {
  readonly code: number;
  readonly output: string;
}

/** Where the CLI works. */
export interface CliPlace {
  /** Folder that it may write to. */
  readonly folder: string;
  /** Of an emulator. @default - AWS, with the credentials of this process */
  readonly endpoint?: string;
}

/** The plain CDK CLI, which knows of the emulator by environment variables only. */
export class CdkCli {
  /** @param assembly folder of the synthesised app */
  constructor(
    private readonly place: CliPlace,
    private readonly assembly: string,
  ) {}

  public bootstrap(...regions: string[]): Promise<CliResult> {
    return this.run('bootstrap', ...regions.map((region) => `aws://${ACCOUNT}/${region}`));
  }

  public deploy(): Promise<CliResult> {
    return this.run('deploy', '--all', '--require-approval', 'never', '--concurrency', '3');
  }

  public diff(): Promise<CliResult> {
    return this.run('diff', '--fail');
  }

  public destroy(): Promise<CliResult> {
    return this.run('destroy', '--all', '--force');
  }

  /** Runs one command. `code` other than 0 is an answer, not an error. */
  public async run(...args: string[]): Promise<CliResult> {
    const child = spawn(process.execPath, [CLI, ...args, '--app', this.assembly, '--no-notices', '--no-color'], {
      // The CLI would write its context beside the app.
      cwd: this.place.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.environment(),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exit) => resolve(exit ?? 1));
    });
    return { code, output };
  }

  private environment(): NodeJS.ProcessEnv {
    const quiet = { CDK_DISABLE_CLI_TELEMETRY: 'true', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };
    if (this.place.endpoint === undefined) {
      return { ...process.env, ...quiet };
    }
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
    return {
      ...Object.fromEntries(own),
      ...quiet,
      AWS_ENDPOINT_URL: this.place.endpoint,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'emulator',
      AWS_REGION: 'eu-south-2',
      AWS_EC2_METADATA_DISABLED: 'true',
      // The CLI remembers accounts by key in the home folder.
      HOME: path.join(this.place.folder, 'home'),
    };
  }
}

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ENGINES_FOLDER, type Engine } from './engine';
import { run } from './run';

/** Packages of PyPI in a virtual environment of their own, each pinned by version and hash in `requirements/<folder>.txt`. */
export class PythonEngine implements Engine {
  private readonly requirements: string;
  private readonly home: string;

  constructor(
    public readonly name: string,
    folder: string,
  ) {
    this.requirements = path.join(__dirname, 'requirements', `${folder}.txt`);
    this.home = path.join(ENGINES_FOLDER, folder);
  }

  /** Path of a program of the environment, e.g. `moto_server`. */
  public program(name: string): string {
    return path.join(this.home, 'bin', name);
  }

  /** The lists of what is wanted and of what was installed are the same. */
  public isInstalled(): boolean {
    const installed = path.join(this.home, 'installed.txt');
    return fs.existsSync(installed) && fs.readFileSync(installed).equals(fs.readFileSync(this.requirements));
  }

  public async install(): Promise<void> {
    if (this.isInstalled()) {
      return;
    }
    fs.rmSync(this.home, { recursive: true, force: true });
    await run(pythonProgram(), ['-m', 'venv', this.home]);
    await run(this.program('pip'), [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--require-hashes',
      '--requirement',
      this.requirements,
    ]);
    fs.copyFileSync(this.requirements, path.join(this.home, 'installed.txt'));
  }
}

/** MiniStack: CloudFormation, Lambda and some sixty services behind one port. */
export const EMULATOR = new PythonEngine('MiniStack', 'emulator');
/** moto's server, which keeps WAF's lock tokens and the versions of secrets, and mobilityhouse's OCPP. */
export const MOTO = new PythonEngine('moto', 'moto');
/** The AWS CLI, for the commands that the documentation gives to operators. */
export const AWS_CLI = new PythonEngine('AWS CLI', 'aws-cli');

/** The newest Python of the machine that is new enough. */
function pythonProgram(): string {
  const found = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10'].find(
    (program) =>
      spawnSync(program, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'], {
        stdio: 'ignore',
      }).status === 0,
  );
  if (!found) {
    throw new Error(
      'Python 3.10 or newer with its venv module is needed, got none; on Debian: apt-get install python3-venv',
    );
  }
  return found;
}

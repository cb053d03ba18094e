import * as fs from 'node:fs';
import * as path from 'node:path';
import { ENGINES_FOLDER, type Engine, EngineUnavailable } from './engine';
import { run } from './run';

const APT_HELPER = '/usr/lib/apt/apt-helper';
/** Of Debian 13, which is stable: its archive keeps the file. By the names that Node.js has for processors. */
const PACKAGES: Readonly<Record<string, { readonly architecture: string; readonly sha256: string }>> = {
  x64: { architecture: 'amd64', sha256: '47681197cb2b1ab88206b42a1a92fc75f50d9530a6322d03494a473eed0408ea' },
  arm64: { architecture: 'arm64', sha256: 'bbafaa666f3e7fa00ad36f2a8bab889f1c791ca8743d674e7267a3d07203869c' },
};
const VERSION = '2.26.1-4';

/** Docker Compose 2 by itself: it reads and checks files without Docker. */
class ComposeEngine implements Engine {
  public readonly name = 'Docker Compose';
  private readonly folder = path.join(ENGINES_FOLDER, `compose-${VERSION}`);
  public readonly program = path.join(this.folder, 'usr/libexec/docker/cli-plugins/docker-compose');

  public isInstalled(): boolean {
    return fs.existsSync(this.program);
  }

  public async install(): Promise<void> {
    if (this.isInstalled()) {
      return;
    }
    const found = PACKAGES[process.arch];
    if (found === undefined || !fs.existsSync(APT_HELPER)) {
      throw new EngineUnavailable(`${this.name} comes as a package of Debian, which only a machine with apt can fetch`);
    }
    const file = `docker-compose_${VERSION}_${found.architecture}.deb`;
    const target = path.join(ENGINES_FOLDER, file);
    fs.mkdirSync(ENGINES_FOLDER, { recursive: true });
    const address = `http://deb.debian.org/debian/pool/main/d/docker-compose/${file}`;
    await run(APT_HELPER, ['download-file', address, target, `SHA256:${found.sha256}`]);
    await run('dpkg-deb', ['--extract', target, this.folder]);
    fs.rmSync(target);
  }
}

export const COMPOSE = new ComposeEngine();

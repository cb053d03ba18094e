import { type ChildProcess, spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { KNOT } from '../support/engines';
import { freePort } from '../support/moto';
import type { RenderedZone } from './dns-zones';

/** Knot DNS on the loopback address, loaded with zones. */
export class DnsServer {
  public static async start(zones: RenderedZone[]): Promise<DnsServer> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'knot-'));
    const port = await freePort();
    const files = zones.map(({ name, text }, index) => {
      const file = path.join(folder, `${index}.zone`);
      fs.writeFileSync(file, text);
      return `  - domain: ${name}\n    file: ${file}\n    zonefile-sync: -1\n    semantic-checks: on\n`;
    });
    const config = path.join(folder, 'knot.conf');
    fs.writeFileSync(
      config,
      `server:\n  rundir: ${folder}\n  listen: 127.0.0.1@${port}\n` +
        `log:\n  - target: stderr\n    any: warning\n` +
        `database:\n  storage: ${folder}\n` +
        `zone:\n${files.join('')}`,
    );
    const server = new DnsServer(
      folder,
      port,
      spawn(KNOT.program, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] }),
    );
    await server.ready(zones[0].name);
    return server;
  }

  /** Asks this server and no other. */
  public readonly resolver = new Resolver({ timeout: 2_000, tries: 2 });
  /** What the server complained of. */
  public complaints = '';

  private constructor(
    private readonly folder: string,
    port: number,
    private readonly process: ChildProcess,
  ) {
    this.resolver.setServers([`127.0.0.1:${port}`]);
    process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.complaints += text;
    });
  }

  public async stop(): Promise<void> {
    this.process.kill();
    await once(this.process, 'exit');
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private async ready(zone: string): Promise<void> {
    for (let attempt = 0; attempt < 500; attempt++) {
      const answer = await this.resolver.resolveSoa(zone.replace(/\.$/, '')).catch(() => undefined);
      if (answer) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`Knot DNS does not answer for ${zone}: ${this.complaints}`);
  }
}

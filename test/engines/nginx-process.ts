import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { MachineDescription } from '../../src/machine';
import { renderNginx } from '../../src/machine/nginx';
import type { NginxLayout } from '../../src/machine/nginx-layout';
import { NGINX } from '../support/engines';

/** NGINX with a configuration of a machine, in a folder of its own and on the loopback address only. */
export class NginxProcess {
  public static async start(machine: MachineDescription): Promise<NginxProcess> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nginx-'));
    return NginxProcess.startWith(renderNginx(machine, layoutIn(folder)), folder);
  }

  /** NGINX with a configuration that was written by hand. */
  public static async startWith(configuration: string, folder: string): Promise<NginxProcess> {
    // Workers may run under another account than this one.
    fs.chmodSync(folder, 0o755);
    const file = path.join(folder, 'nginx.conf');
    fs.writeFileSync(file, configuration);
    const nginx = new NginxProcess(
      folder,
      spawn(NGINX.program, ['-c', file, '-p', folder, '-g', 'daemon off;'], { stdio: 'inherit' }),
    );
    await nginx.ready();
    return nginx;
  }

  private constructor(
    public readonly folder: string,
    private readonly master: ChildProcess,
  ) {}

  public reload(): void {
    this.master.kill('SIGHUP');
  }

  public async stop(): Promise<void> {
    this.master.kill('SIGTERM');
    await once(this.master, 'close');
    fs.rmSync(this.folder, { recursive: true });
  }

  /** Lines of the access log, which each worker writes once a second; none where it has just been rotated. */
  public accessLog(): Record<string, string>[] {
    const file = path.join(this.folder, 'access.log');
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  public errorLog(): string {
    return fs.readFileSync(path.join(this.folder, 'error.log'), 'utf8');
  }

  /** Workers by process id, those that a reload has sent home among them. */
  public workers(): number[] {
    const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(this.master.pid)], { encoding: 'utf8' });
    return stdout.trim().split(/\s+/).filter(Boolean).map(Number);
  }

  /** Memory of the workers that is theirs alone, in bytes. */
  public memory(): number {
    return this.workers()
      .map((pid) => /^Private_Dirty:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')))
      .reduce((sum, match) => sum + 1024 * Number(match?.[1] ?? 0), 0);
  }

  private async ready(): Promise<void> {
    for (let attempt = 0; attempt < 600; attempt++) {
      if (fs.existsSync(path.join(this.folder, 'nginx.pid'))) {
        return;
      }
      if (this.master.exitCode !== null) {
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('NGINX did not start');
  }
}

/** As large as the limit of this process on open files allows. */
export function layoutIn(folder: string): NginxLayout {
  const openFiles = Number(spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout) || 65_536;
  return {
    pidFile: path.join(folder, 'nginx.pid'),
    logFolder: folder,
    dataFolder: folder,
    address: '127.0.0.1:',
    workerConnections: openFiles,
    openFiles,
  };
}

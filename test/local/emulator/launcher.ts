import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import * as path from 'node:path';
import { EMULATOR } from '../../support/engines';
import { freePort } from '../../support/moto';

const ROOT = path.join(__dirname, '..', '..', '..');
/** MiniStack takes a key of twelve digits as the account, so this account is the example app's. */
export const ACCOUNT = '111122223333';

/** How many resources of a type the emulator made, and whether a back end stands behind them. */
export interface UsedTypes {
  readonly real: Record<string, number>;
  readonly recorded: Record<string, number>;
}

export interface EmulatorOptions {
  /** Folder for everything that the emulator and the CDK CLI write. */
  readonly folder: string;
  /** @default - a free one */
  readonly port?: number;
  /** Whether it outlives this process. */
  readonly keep?: boolean;
}

async function demandFree(port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening').catch(() => {
    throw new Error(`port ${port} is taken; give another, or leave it out for a free one`);
  });
  server.close();
  await once(server, 'close');
  return port;
}

/** MiniStack with our plug-in, on the loopback address, as a process group of its own. */
export class Emulator {
  public static async start(options: EmulatorOptions): Promise<Emulator> {
    const [home, temporary] = ['home', 'tmp'].map((name) => path.join(options.folder, name));
    fs.mkdirSync(home, { recursive: true });
    fs.mkdirSync(temporary, { recursive: true });
    const port = options.port === undefined ? await freePort() : await demandFree(options.port);
    const sftpPort = await freePort();
    const log = fs.openSync(path.join(options.folder, 'emulator.log'), 'a');
    const child = spawn(EMULATOR.program('python'), [path.join(__dirname, 'plugin.py')], {
      cwd: options.folder,
      detached: true,
      stdio: ['ignore', log, log],
      env: {
        ...process.env,
        BIND_HOST: '127.0.0.1',
        GATEWAY_PORT: String(port),
        SFTP_HOST: '127.0.0.1',
        SFTP_PORT: String(sftpPort),
        // Its MQTT listener would bind all addresses.
        IOT_MTLS_ENABLED: '0',
        EMULATOR_USED_TYPES: path.join(options.folder, 'used-types.json'),
        EMULATOR_PARENT: options.keep ? '' : String(process.pid),
        HOME: home,
        // Functions are unpacked there, and stay when it is killed.
        TMPDIR: temporary,
        // AWS's runtime ships the SDK's clients; functions find ours instead.
        NODE_PATH: path.join(ROOT, 'node_modules'),
        PYTHONDONTWRITEBYTECODE: '1',
      },
    });
    fs.closeSync(log);
    const emulator = new Emulator(child, port, sftpPort, options.folder);
    await emulator.ready();
    return emulator;
  }

  public readonly endpoint: string;

  private constructor(
    private readonly child: ChildProcess,
    public readonly port: number,
    /** Port of the SFTP server behind Transfer Family. */
    public readonly sftpPort: number,
    public readonly folder: string,
  ) {
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  public get pid(): number {
    return this.child.pid as number;
  }

  /** Configuration of the SDK's clients for one region. */
  public clientConfig(region: string) {
    return { endpoint: this.endpoint, region, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'emulator' } };
  }

  /** What CloudFormation made since the start. */
  public usedTypes(): UsedTypes {
    const file = path.join(this.folder, 'used-types.json');
    return { real: {}, recorded: {}, ...(fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {}) };
  }

  /** Lets this process end while the emulator goes on. */
  public release(): void {
    this.child.unref();
  }

  /** Ends the emulator and the functions that it runs. */
  public async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      return;
    }
    const ended = once(this.child, 'exit');
    process.kill(-this.pid, 'SIGTERM');
    const impatience = setTimeout(() => process.kill(-this.pid, 'SIGKILL'), 5000);
    await ended;
    clearTimeout(impatience);
    try {
      // Functions that did not mind.
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // None.
    }
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (Date.now() < deadline) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`the emulator ended before it answered; its log ends with:\n${this.logTail()}`);
      }
      const answer = await fetch(`${this.endpoint}/_ministack/health`).catch(() => undefined);
      if (answer?.ok) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await this.stop();
    throw new Error(`the emulator did not answer within a minute; its log ends with:\n${this.logTail()}`);
  }

  private logTail(): string {
    return fs.readFileSync(path.join(this.folder, 'emulator.log'), 'utf8').slice(-2000);
  }
}

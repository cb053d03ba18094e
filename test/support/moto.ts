import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { MOTO } from './engines';

/** moto's server on the loopback address: AWS's APIs in memory. */
export class MotoServer {
  public static async start(): Promise<MotoServer> {
    const port = await freePort();
    const server = spawn(MOTO.program('moto_server'), ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    const moto = new MotoServer(server, `http://127.0.0.1:${port}`);
    await moto.ready();
    return moto;
  }

  /** Configuration of clients of the SDK. */
  public readonly config: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };

  private constructor(
    private readonly server: ChildProcess,
    endpoint: string,
  ) {
    this.config = { endpoint, region: 'eu-south-2', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  }

  /** What a Lambda function would find in its environment. */
  public get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.config.endpoint,
      AWS_REGION: this.config.region,
      AWS_ACCESS_KEY_ID: this.config.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.config.credentials.secretAccessKey,
    };
  }

  public async stop(): Promise<void> {
    if (this.server.exitCode === null && this.server.signalCode === null) {
      const ended = once(this.server, 'exit');
      this.server.kill();
      await ended;
    }
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + 55_000;
    while (Date.now() < deadline && this.server.exitCode === null) {
      const answer = await fetch(`${this.config.endpoint}/moto-api/`).catch(() => undefined);
      if (answer?.ok) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await this.stop();
    throw new Error(`moto_server did not start at ${this.config.endpoint}`);
  }
}

/** A TCP port of the loopback address that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

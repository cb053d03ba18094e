import { once } from 'node:events';
import * as http from 'node:http';

/** One request to AWS's API, as it passes by. */
export interface Call {
  /** Operation, e.g. `UpdateIPSet`. */
  readonly operation: string;
  /** Region of the signature. */
  readonly region: string;
}

/** What becomes of a call instead of being passed on: an error of AWS, by name and status. */
export interface Fault {
  readonly name: string;
  readonly status: number;
}

/** Stands between the SDK's clients and an emulator on the loopback address, and lets calls fail as the test says. */
export class FaultProxy {
  public static async before(endpoint: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(endpoint));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** Calls that arrived, in order. */
  public readonly calls: Call[] = [];
  /** Asked for each call before it is passed on; it may do something meanwhile. */
  public disturb: (call: Call) => Promise<Fault | undefined> = async () => undefined;
  private readonly server = http.createServer((request, response) => void this.handle(request, response));

  private constructor(private readonly target: URL) {}

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  public count(operation: string): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }

  public reset(): void {
    this.calls.length = 0;
    this.disturb = async () => undefined;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body: Buffer[] = [];
    for await (const chunk of request) {
      body.push(chunk);
    }
    const [, operation = '?'] = String(request.headers['x-amz-target'] ?? '').split('.');
    const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '?';
    const call = { operation, region };
    this.calls.push(call);
    const fault = await this.disturb(call);
    if (fault) {
      response.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ __type: fault.name, message: `${fault.name} of the test` }));
      return;
    }
    const { method, url: path, headers } = request;
    const passed = http.request(
      { host: this.target.hostname, port: this.target.port, method, path, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    passed.on('error', () => response.destroy());
    passed.end(Buffer.concat(body));
  }
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

export const takes: Behaviour = (response) => response.end('ok');
export const fails: Behaviour = (response) => response.writeHead(500).end('no');
export const hangsUp: Behaviour = (response) => response.destroy();
export const saysNothing: Behaviour = () => undefined;
export const sendsAway: Behaviour = (response) => response.writeHead(302, { location: '/elsewhere' }).end();
export const limits =
  (retryAfter: string): Behaviour =>
  (response) =>
    response.writeHead(429, { 'retry-after': retryAfter }).end();

/** A webhook on the loopback address, which behaves as it is told, and remembers what it took. */
export class WebhookServer {
  public static async start(): Promise<WebhookServer> {
    const server = new WebhookServer();
    server.http.listen(0, '127.0.0.1');
    await once(server.http, 'listening');
    return server;
  }

  /** What it does with the next requests; then it takes them. */
  public readonly plan: Behaviour[] = [];
  /** Bodies of the requests it took. */
  // biome-ignore lint/suspicious/noExplicitAny: messages are free JSON
  public readonly taken: any[] = [];
  /** Every path that was asked for, taken or not. */
  public readonly asked: string[] = [];
  private readonly http = createServer((request, response) => this.answer(request, response));

  /** The part of the address that is a secret. */
  public readonly secret = 'T00000000-B00000000-aSecretThatIsLong';

  public get address(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/services/${this.secret}`;
  }

  public async stop(): Promise<void> {
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked.push(request.url ?? '');
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const behaviour = this.plan.shift() ?? takes;
    if (behaviour === takes) {
      this.taken.push(JSON.parse(Buffer.concat(chunks).toString()));
    }
    behaviour(response, request);
  }
}

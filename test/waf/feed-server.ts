import { once } from 'node:events';
import * as http from 'node:http';

/** A server of feeds on the loopback address that answers as the test says. */
export class FeedServer {
  public static async start(): Promise<FeedServer> {
    const feedServer = new FeedServer();
    feedServer.server.listen(0, '127.0.0.1');
    await once(feedServer.server, 'listening');
    return feedServer;
  }

  public answer: (request: http.IncomingMessage, response: http.ServerResponse) => void = (_, response) =>
    response.end();
  private readonly server = http.createServer((request, response) => this.answer(request, response));

  private constructor() {}

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

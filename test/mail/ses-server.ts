import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

const ADDRESSES = '/v2/email/suppression/addresses';

/** SES's suppression list behind its own protocol, which no emulator has: pages of two, and refusals on demand. */
export class SesServer {
  public static async start(): Promise<SesServer> {
    const server = new SesServer();
    server.http.listen(0, '127.0.0.1');
    await once(server.http, 'listening');
    return server;
  }

  /** Address to reason. */
  public readonly list = new Map<string, string>();
  /** How many of the next requests are throttled. */
  public throttled = 0;
  /** Whether every request fails. */
  public broken = false;
  private readonly http: Server = createServer((request, response) => void this.answer(request, response));

  public get url(): string {
    return `http://127.0.0.1:${(this.http.address() as { port: number }).port}`;
  }

  public stop(): Promise<unknown> {
    this.http.closeAllConnections();
    return new Promise((resolve) => this.http.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url as string, this.url);
    const body = (await request.toArray()).join('');
    const [status, answer] = this.broken ? [400, refusal('BadRequestException')] : this.act(request, url, body);
    const type = status === 200 ? {} : { 'x-amzn-errortype': (answer as { __type: string }).__type };
    response.writeHead(status, { 'content-type': 'application/json', ...type }).end(JSON.stringify(answer));
  }

  private act({ method }: IncomingMessage, url: URL, body: string): [number, object] {
    if (this.throttled > 0) {
      this.throttled -= 1;
      return [429, refusal('TooManyRequestsException')];
    }
    switch (method) {
      case 'PUT': {
        const { EmailAddress, Reason } = JSON.parse(body);
        this.list.set(EmailAddress, Reason);
        return [200, {}];
      }
      case 'DELETE':
        return this.list.delete(decodeURIComponent(url.pathname.slice(ADDRESSES.length + 1)))
          ? [200, {}]
          : [404, refusal('NotFoundException')];
      default:
        return [200, this.page(Number(url.searchParams.get('NextToken') ?? 0))];
    }
  }

  private page(from: number): object {
    const summaries = [...this.list].map(([EmailAddress, Reason]) => ({ EmailAddress, Reason, LastUpdateTime: 1 }));
    const NextToken = from + 2 < summaries.length ? String(from + 2) : undefined;
    return { SuppressedDestinationSummaries: summaries.slice(from, from + 2), NextToken };
  }
}

function refusal(type: string): object {
  return { __type: type, message: type };
}

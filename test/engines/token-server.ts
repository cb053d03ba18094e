import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tls from 'node:tls';
import { defineCertificate } from '../support/mysql';

const PLUGIN = 'mysql_clear_password';
const PROTOCOL_41 = 0x200;
const TLS = 0x800;
const SECURE_CONNECTION = 0x8000;
const PLUGIN_AUTH = 0x80000;
const TLS_REQUEST = 36;
const OK = Buffer.from([0, 0, 0, 2, 0, 0, 0]);

/**
 * The login of RDS with IAM, which no MySQL server of others has: it asks for the token in clear text, inside TLS, and lets
 * everybody in. Of queries it knows those that give nothing back.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html
 */
export class TokenServer {
  public static async start(speaksTls = true): Promise<TokenServer> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'token-'));
    const [key, cert] = defineCertificate(folder).map((file) => fs.readFileSync(file, 'utf8'));
    fs.rmSync(folder, { recursive: true });
    const server = new TokenServer(key, cert, speaksTls);
    await new Promise<void>((resolve) => server.listener.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** What clients gave as their password. */
  public readonly tokens: string[] = [];
  private readonly sockets: net.Socket[] = [];
  private readonly listener = net.createServer((socket) => this.greet(socket));

  private constructor(
    private readonly key: string,
    public readonly certificate: string,
    private readonly speaksTls: boolean,
  ) {}

  public get port(): number {
    return (this.listener.address() as net.AddressInfo).port;
  }

  public stop(): void {
    this.listener.close();
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }

  private greet(socket: net.Socket): void {
    this.sockets.push(socket.on('error', () => undefined));
    const capabilities = PROTOCOL_41 | SECURE_CONNECTION | PLUGIN_AUTH | (this.speaksTls ? TLS : 0);
    const greeting = Buffer.alloc(16 + 8);
    const [low, high] = [capabilities & 0xffff, capabilities >>> 16];
    const head = Buffer.concat([
      Buffer.from([10]),
      text('8.4.0'),
      Buffer.from([1, 0, 0, 0]),
      Buffer.alloc(8, 'a'),
      Buffer.from([0]),
    ]);
    greeting.writeUInt16LE(low, 0);
    greeting.writeUInt8(45, 2);
    greeting.writeUInt16LE(2, 3);
    greeting.writeUInt16LE(high, 5);
    greeting.writeUInt8(21, 7);
    send(
      socket,
      0,
      Buffer.concat([
        head,
        greeting.subarray(0, 18),
        Buffer.alloc(12, 'a'),
        Buffer.from([0]),
        text('caching_sha2_password'),
      ]),
    );
    if (this.speaksTls) {
      socket.once('data', (packets) => {
        // The client asks for TLS with a packet of its own, and may begin with it in the same breath.
        socket.pause();
        socket.unshift(packets.subarray(TLS_REQUEST));
        this.logIn(new tls.TLSSocket(socket, { isServer: true, key: this.key, cert: this.certificate }));
      });
    } else {
      this.logIn(socket);
    }
  }

  private logIn(socket: net.Socket): void {
    const steps = [
      () => send(socket, 3, Buffer.concat([Buffer.from([0xfe]), text(PLUGIN), Buffer.alloc(21)])),
      (packet: Buffer) => {
        this.tokens.push(packet.subarray(4, -1).toString());
        send(socket, 5, OK);
      },
    ];
    socket.on('error', () => undefined);
    socket.on('data', (packet) => (steps.shift() ?? (() => send(socket, 1, OK)))(packet));
  }
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

function send(socket: net.Socket, sequence: number, payload: Buffer): void {
  const head = Buffer.alloc(4);
  head.writeUIntLE(payload.length, 0, 3);
  head.writeUInt8(sequence, 3);
  socket.write(Buffer.concat([head, payload]));
}

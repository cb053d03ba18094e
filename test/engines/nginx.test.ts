import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as os from 'node:os';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { renderLogShipping } from '../../src/machine/log-shipping';
import { renderNginx } from '../../src/machine/nginx';
import { type NginxLayout, UBUNTU } from '../../src/machine/nginx-layout';
import { waitFor } from '../local/steps/wait';
import { FIVE_SERVICES, machine, service } from '../machine/fixture';
import { describeWith, LOGROTATE, NGINX } from '../support/engines';
import { run } from '../support/engines/run';
import { layoutIn, NginxProcess } from './nginx-process';
import { freePorts } from './ports';

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A replica that says who it is and what it was sent. */
class Replica {
  public hits = 0;
  public answer: (request: http.IncomingMessage, response: http.ServerResponse) => void = (request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ replica: this.name, url: request.url, headers: request.headers }));
  };
  private server?: http.Server;

  constructor(
    public readonly name: string,
    private readonly port: number,
  ) {}

  public async start(): Promise<void> {
    this.server = http.createServer((request, response) => {
      this.hits += request.url === '/health' ? 0 : 1;
      request.resume();
      this.answer(request, response);
    });
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
  }

  public async stop(): Promise<void> {
    if (this.server?.listening) {
      this.server.closeAllConnections();
      this.server.close();
      await once(this.server, 'close');
    }
  }
}

describeWith([NGINX, LOGROTATE], 'NGINX in front of five services', () => {
  let nginx: NginxProcess;
  let ports: Record<string, number>;
  const replicas: Record<string, Replica[]> = {};

  beforeAll(async () => {
    const first = await freePorts(20);
    const services = [];
    let port = first + 6;
    for (const [index, described] of FIVE_SERVICES.filter(({ protocol }) => protocol !== 'scheduled').entries()) {
      services.push({
        ...described,
        proxyPort: first + index,
        firstReplicaPort: port,
        ...(described.name === 'api' ? { cacheSeconds: 1, requestsPerSecond: 0, maxBodyKiB: 16 } : {}),
        ...(described.name === 'ocpi' ? { requestsPerSecond: 2 } : {}),
      });
      port += described.replicas;
    }
    ports = Object.fromEntries(services.map(({ name, proxyPort }) => [name, proxyPort]));
    ports.machine = first + 5;
    for (const { name, replicas: count, firstReplicaPort } of services) {
      replicas[name] = Array.from(
        { length: count },
        (_, index) => new Replica(`${name}-${index + 1}`, firstReplicaPort + index),
      );
      await Promise.all(replicas[name].map((replica) => replica.start()));
    }
    nginx = await NginxProcess.start(
      machine({ services, machineHealthPort: ports.machine, loadBalancerCidrs: ['127.0.0.1/32', '10.20.0.0/20'] }),
    );
  });

  afterAll(async () => {
    await nginx.stop();
    await Promise.all(
      Object.values(replicas)
        .flat()
        .map((replica) => replica.stop()),
    );
  });

  async function ask(name: string, url: string, options: http.RequestOptions = {}, body?: Buffer): Promise<Answer> {
    const host = FIVE_SERVICES.find((described) => described.name === name)?.hostNames[0] ?? 'localhost';
    const { headers, ...rest } = options;
    const request = http.request({
      host: '127.0.0.1',
      port: ports[name],
      path: url,
      headers: { host, ...headers },
      agent: false,
      ...rest,
    });
    request.end(body);
    const [response]: http.IncomingMessage[] = await once(request, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) {
      chunks.push(chunk);
    }
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: (response.headers['content-encoding'] === 'gzip'
        ? gunzipSync(Buffer.concat(chunks))
        : Buffer.concat(chunks)
      ).toString(),
    };
  }

  /** What the service was sent. */
  async function sent(name: string, headers: http.OutgoingHttpHeaders, rest: http.RequestOptions = {}) {
    const { body } = await ask(name, `/sent?${Math.random()}`, { headers, ...rest });
    return JSON.parse(body).headers;
  }

  describe('finds the service', () => {
    test.each(['back-office', 'api', 'ocpp', 'ocpi'])('%s by its port and name', async (name) => {
      const { status, body } = await ask(name, '/x?y=1');
      expect(status).toBe(200);
      expect(JSON.parse(body)).toMatchObject({ replica: expect.stringMatching(`^${name}-`), url: '/x?y=1' });
    });

    test('by a wildcard', async () => {
      expect((await ask('back-office', '/', { headers: { host: 'spain.backoffice.example.com' } })).status).toBe(200);
    });

    test('and no other name: the answer is JSON', async () => {
      const { status, headers, body } = await ask('api', '/', { headers: { host: 'backoffice.example.com' } });
      expect([status, headers['content-type']]).toEqual([404, 'application/json']);
      expect(JSON.parse(body)).toEqual({ status: 404, message: 'nothing is served under this name' });
    });

    test('by the fixed address of a charge point that knows no name', async () => {
      expect((await ask('ocpp', '/CP-1', { headers: { host: '203.0.113.7:8443' } })).status).toBe(200);
    });

    test('for the health check, which comes by address', async () => {
      for (const name of ['back-office', 'api', 'ocpp', 'ocpi']) {
        expect((await ask(name, '/health', { headers: { host: `10.20.1.2:${ports[name]}` } })).status).toBe(200);
      }
    });

    test('and answers for itself on a port of its own', async () => {
      expect((await ask('machine', '/health')).body).toBe('{"status":200}');
      expect((await ask('machine', '/nginx-status')).body).toMatch(/^Active connections: \d+/);
      expect((await ask('machine', '/')).status).toBe(404);
    });
  });

  describe('tells services the truth', () => {
    const certificate = {
      'x-amzn-mtls-clientcert-subject': 'CN=CP-1',
      'x-amzn-mtls-clientcert-leaf': '-----BEGIN',
      'x-amzn-mtls-clientcert-serial-number': '1',
      'x-amzn-mtls-clientcert': 'x',
    };
    const names = (headers: object) => Object.keys(headers).filter((name) => name.startsWith('x-amzn-mtls'));

    test('the address that the load balancer saw, and nothing a client claims', async () => {
      const headers = await sent('api', {
        'x-forwarded-for': '192.0.2.66, 203.0.113.9, 10.20.0.4',
        'x-forwarded-proto': 'https',
        'x-forwarded-port': '443',
        'x-forwarded-host': 'evil.example.com',
        forwarded: 'for=192.0.2.66',
        'x-real-ip': '192.0.2.66',
      });
      expect(headers).toMatchObject({
        host: 'api.example.com',
        'x-forwarded-for': '203.0.113.9',
        'x-forwarded-proto': 'https',
        'x-forwarded-port': '443',
      });
      for (const name of ['forwarded', 'x-forwarded-host', 'x-real-ip']) {
        expect(headers[name]).toBeUndefined();
      }
    });

    test('nothing forwarded is believed of somebody who is not the load balancer', async () => {
      const headers = await sent(
        'ocpp',
        { 'x-forwarded-for': '192.0.2.66', 'x-forwarded-proto': 'https', 'x-forwarded-port': '18443', ...certificate },
        { localAddress: '127.0.0.2' },
      );
      expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.2', 'x-forwarded-proto': 'http' });
      expect(names(headers)).toEqual([]);
    });

    test('a client certificate that the listener has checked', async () => {
      const headers = await sent('ocpp', { 'x-forwarded-port': '18443', ...certificate });
      expect(headers).toMatchObject(certificate);
    });

    test.each([
      ['ocpp', '10443'],
      ['ocpp', undefined],
      ['api', '18443'],
    ])('no certificate that a client wrote itself: %s, listener %s', async (name, port) => {
      const headers = await sent(name, { ...(port && { 'x-forwarded-port': port }), ...certificate });
      expect(names(headers)).toEqual([]);
    });

    test('no upgrade where a service speaks plain HTTP', async () => {
      const headers = await sent('api', { connection: 'upgrade', upgrade: 'websocket' });
      expect([headers.upgrade, headers.connection]).toEqual([undefined, undefined]);
    });
  });

  describe('when a replica fails', () => {
    test('loses no request that may be repeated while one of two dies and comes back', async () => {
      const [, second] = replicas.api;
      const answers: number[] = [];
      let done = false;
      const load = Promise.all(
        Array.from({ length: 8 }, async () => {
          while (!done) {
            answers.push((await ask('api', `/load?${Math.random()}`)).status);
          }
        }),
      );
      const moreAnswers = async (count: number) => {
        const goal = answers.length + count;
        await waitFor(`${count} more answers`, async () => (answers.length >= goal ? true : undefined));
      };
      await moreAnswers(50);
      await second.stop();
      await moreAnswers(100);
      await second.start();
      await moreAnswers(50);
      done = true;
      await load;
      expect(answers.filter((status) => status !== 200)).toEqual([]);
    });

    test('never sends twice what may not be repeated', async () => {
      const [first, second] = replicas.api;
      const normal = [first.answer, second.answer];
      for (const replica of [first, second]) {
        replica.answer = (request) => request.socket.destroy();
        replica.hits = 0;
      }
      const { status } = await ask('api', '/pay', { method: 'POST' }, Buffer.from('{}'));
      [first.answer, second.answer] = normal;
      expect(status).toBe(502);
      expect(first.hits + second.hits).toBe(1);
    });

    test('says in JSON that the service does not answer', async () => {
      const [only] = replicas['back-office'];
      await only.stop();
      const { status, headers, body } = await ask('back-office', '/');
      expect([status, headers['content-type']]).toEqual([502, 'application/json']);
      expect(JSON.parse(body)).toEqual({ status: 502, message: 'the service does not answer' });
      await only.start();
    });

    test('leaves the answers of services as they are', async () => {
      const [only] = replicas['back-office'];
      const normal = only.answer;
      only.answer = (_, response) => response.writeHead(404).end('my own words');
      expect((await ask('back-office', '/')).body).toBe('my own words');
      only.answer = normal;
    });
  });

  describe('keeps answers', () => {
    const cached = async (url: string, headers: http.OutgoingHttpHeaders = {}) =>
      (await ask('api', url, { headers })).headers['x-cache-status'];
    const hits = () => replicas.api.reduce((sum, replica) => sum + replica.hits, 0);

    /** Answers of both replicas, until the test ends. */
    async function answeringWith(headers: http.OutgoingHttpHeaders, check: () => Promise<void>): Promise<void> {
      const normal = replicas.api.map((replica) => replica.answer);
      for (const replica of replicas.api) {
        replica.answer = (_, response) => response.writeHead(200, headers).end('answer');
      }
      await check();
      replicas.api.forEach((replica, index) => {
        replica.answer = normal[index];
      });
    }

    test('of requests that say nothing about who asks', async () => {
      expect([await cached('/a'), await cached('/a'), await cached('/a')]).toEqual(['MISS', 'HIT', 'HIT']);
      expect(await cached('/a?b')).toBe('MISS');
    });

    test.each([{ authorization: 'Bearer x' }, { cookie: 'session=1' }])('but not with %j', async (headers) => {
      const url = `/private/${Object.keys(headers)[0]}`;
      expect([await cached(url, headers), await cached(url, headers)]).toEqual(['BYPASS', 'BYPASS']);
      expect(await cached(url)).toBe('MISS');
      expect(await cached(url, headers)).toBe('BYPASS');
    });

    test.each([{ 'set-cookie': 'session=1' }, { 'cache-control': 'no-store' }, { 'cache-control': 'private' }])(
      'but not answers with %j',
      async (headers) => {
        await answeringWith(headers, async () => {
          const url = `/answers/${JSON.stringify(headers).length}`;
          expect([await cached(url), await cached(url)]).toEqual(['MISS', 'MISS']);
        });
      },
    );

    test('and gives old ones while one request fetches the new', async () => {
      expect(await cached('/old')).toBe('MISS');
      await new Promise((resolve) => setTimeout(resolve, 2100));
      expect(['STALE', 'UPDATING']).toContain(await cached('/old'));
      await waitFor('the new answer', async () => ((await cached('/old')) === 'HIT' ? true : undefined));
    });

    test('and gives old ones when no replica answers any more', async () => {
      expect(await cached('/gone')).toBe('MISS');
      await new Promise((resolve) => setTimeout(resolve, 2100));
      await Promise.all(replicas.api.map((replica) => replica.stop()));
      expect(await cached('/gone')).toBe('STALE');
      expect((await ask('api', '/never-seen')).status).toBe(502);
      await Promise.all(replicas.api.map((replica) => replica.start()));
      expect((await ask('api', '/health')).status).toBe(200);
    });

    test('and asks once for what many want at once', async () => {
      await answeringWith({}, async () => {
        const before = hits();
        const all = await Promise.all(Array.from({ length: 20 }, () => ask('api', '/crowd')));
        expect(all.map(({ status }) => status)).toEqual(Array(20).fill(200));
        expect(hits() - before).toBe(1);
      });
    });
  });

  describe('bounds requests', () => {
    test('by the size of their bodies', async () => {
      const body = (kibibytes: number) => Buffer.alloc(kibibytes * 1024);
      expect((await ask('api', '/', { method: 'POST' }, body(16))).status).toBe(200);
      const { status, body: text } = await ask(
        'api',
        '/',
        { method: 'POST' },
        Buffer.concat([body(16), Buffer.alloc(1)]),
      );
      expect([status, JSON.parse(text).message]).toEqual([413, 'the request is larger than this service accepts']);
    });

    test('by their number from one address, and not for another', async () => {
      const burst = (address: string) =>
        Promise.all(Array.from({ length: 8 }, () => ask('ocpi', '/', { headers: { 'x-forwarded-for': address } })));
      const statuses = (await burst('203.0.113.1')).map(({ status }) => status).sort();
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
      expect((await ask('ocpi', '/', { headers: { 'x-forwarded-for': '203.0.113.2' } })).status).toBe(200);
      expect((await ask('ocpi', '/health')).status).toBe(200);
    });
  });

  test('compresses text', async () => {
    const [only] = replicas['back-office'];
    const normal = only.answer;
    only.answer = (_, response) => response.writeHead(200, { 'content-type': 'text/css' }).end('x'.repeat(2000));
    const { headers, body } = await ask('back-office', '/style.css', { headers: { 'accept-encoding': 'gzip' } });
    only.answer = normal;
    expect([headers['content-encoding'], headers.vary, body.length]).toEqual(['gzip', 'Accept-Encoding', 2000]);
  });

  test('writes one line of JSON for each request, with the charge point and without what is secret', async () => {
    await ask('ocpp', '/ocpp/1.6/CP%2D0042?token=secret', {
      headers: { 'user-agent': 'a "b"\\', authorization: 'Basic c2VjcmV0', 'x-forwarded-for': '203.0.113.9' },
    });
    await ask('api', '/v1/tariffs');
    const lines = await waitFor('both lines', async () => {
      const written = nginx.accessLog();
      const asked = written.map(({ path: name }) => name);
      return ['/ocpp/1.6/CP-0042', '/v1/tariffs'].every((name) => asked.includes(name)) ? written : undefined;
    });
    expect(lines.find(({ chargePoint }) => chargePoint === 'CP-0042')).toMatchObject({
      service: 'ocpp',
      client: '203.0.113.9',
      path: '/ocpp/1.6/CP-0042',
      chargePoint: 'CP-0042',
      userAgent: 'a "b"\\',
      status: '200',
    });
    expect(lines.find(({ path: asked }) => asked === '/v1/tariffs')).toMatchObject({ service: 'api', chargePoint: '' });
    expect(lines.filter(({ host }) => host === '10.20.1.2')).toEqual([]);
    expect(JSON.stringify(lines)).not.toMatch(/secret|c2VjcmV0/);
  });

  test('goes on in a new log when the old one is rotated, which is bounded by size', async () => {
    const [rotation] = renderLogShipping().filter(({ path: target }) => target.startsWith('/etc/logrotate.d'));
    const file = path.join(nginx.folder, 'rotation');
    const here = rotation.content
      .replaceAll('/var/log/nginx', nginx.folder)
      .replaceAll('/run/nginx.pid', `${nginx.folder}/nginx.pid`)
      .replace('size 100M', 'size 1')
      .replace('create 0640 www-data adm', '');
    fs.writeFileSync(file, here, { mode: 0o644 });
    await run(LOGROTATE.program, ['--state', path.join(nginx.folder, 'rotated'), file]);
    // A worker takes the new log when it comes to it.
    const lines = await waitFor('a line of the new log', async () => {
      await ask('api', '/after-rotation');
      return nginx.accessLog().length > 0 ? nginx.accessLog() : undefined;
    });
    expect([...new Set(lines.map(({ path: asked }) => asked))]).toEqual(['/after-rotation']);
    expect(fs.readFileSync(path.join(nginx.folder, 'access.log.1'), 'utf8')).toContain('/v1/tariffs');
  });

  test('has nothing to complain about', () => {
    expect(nginx.errorLog()).not.toMatch(/\[(emerg|alert|crit)\]|setrlimit|not enough|duplicate/);
  });
});

const GOLDEN = path.join(__dirname, '..', 'fixtures', 'golden');

describeWith([NGINX], 'nginx -t', () => {
  /** What NGINX says about a configuration, which is nothing, and its exit code. */
  function verdict(render: (layout: NginxLayout) => string): [string, number | null] {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nginx-'));
    const file = path.join(folder, 'nginx.conf');
    fs.writeFileSync(file, render(layoutIn(folder)));
    const { stderr, status } = spawnSync(NGINX.program, ['-t', '-q', '-c', file, '-p', folder], { encoding: 'utf8' });
    fs.rmSync(folder, { recursive: true });
    return [stderr, status];
  }

  test.each(['machine', 'example-machine'])('has nothing to say about the golden file of %s', (name) => {
    const golden = fs.readFileSync(path.join(GOLDEN, name, 'etc/nginx/nginx.conf'), 'utf8');
    const here = (layout: NginxLayout) =>
      golden
        .replace('user www-data;\n', '')
        .replaceAll(UBUNTU.logFolder, layout.logFolder)
        .replaceAll(UBUNTU.dataFolder, layout.dataFolder)
        .replaceAll(UBUNTU.pidFile, layout.pidFile);
    expect(verdict(here)).toEqual(['', 0]);
  });

  test.each([
    ['five services', machine()],
    ['one service', machine({ services: [service()] })],
    ['no known load balancer', machine({ loadBalancerCidrs: [] })],
    ['networks of both kinds', machine({ loadBalancerCidrs: ['10.20.0.0/20', '2001:db8::/64'] })],
    [
      'twenty long names, eight replicas, a day of cache',
      machine({
        services: [
          service({
            name: `a${'b'.repeat(30)}`,
            hostNames: Array.from(
              { length: 20 },
              (_, index) => `${'x'.repeat(60)}.${'y'.repeat(60)}.${index}.example.com`,
            ),
            replicas: 8,
            cacheSeconds: 86_400,
            requestsPerSecond: 10_000,
            maxBodyKiB: 1_048_576,
            healthCheckPath: '/a/~b.c_d-e%20f+g,h=i:j@k',
          }),
        ],
      }),
    ],
  ])('has nothing to say about %s', (_, described) => {
    expect(verdict((layout) => renderNginx(described, layout))).toEqual(['', 0]);
  });
});

import { type FetchPolicy, fetchDocument, PUBLIC_HTTPS } from '../../src/waf/feed-fetch.lambda-shared';
import { FeedServer } from './feed-server';

let server: FeedServer;
let policy: FetchPolicy;

beforeAll(async () => {
  server = await FeedServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  // Loopback and plain HTTP are for tests only; everything else is as in production.
  policy = { ...PUBLIC_HTTPS, protocols: ['http:'], isAllowed: () => true, timeoutMs: 2_000, maximumBytes: 1_000 };
});

async function read(path: string, of = policy): Promise<string> {
  const chunks: Uint8Array[] = [];
  const { body = [] } = await fetchDocument(new URL(path, server.url).href, {}, of);
  for await (const chunk of body) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

test('gives the body', async () => {
  server.answer = (_, response) => response.end('1.2.3.4\n');
  expect(await read('/list')).toBe('1.2.3.4\n');
});

test('says who it is and wants no compression', async () => {
  server.answer = (request, response) => response.end(JSON.stringify(request.headers));
  expect(JSON.parse(await read('/list'))).toMatchObject({ 'user-agent': 'ip-feed', 'accept-encoding': 'identity' });
});

test.each([404, 500, 204, 304])('status %d is a failure', async (status) => {
  server.answer = (_, response) => response.writeHead(status).end();
  await expect(read('/list')).rejects.toThrow(`the server answered ${status}`);
});

test('follows three redirects and not four', async () => {
  server.answer = ({ url }, response) => {
    const left = Number(url?.slice(1));
    if (left === 0) {
      response.end('there');
    } else {
      response.writeHead(302, { location: `/${left - 1}` }).end();
    }
  };
  expect(await read('/3')).toBe('there');
  await expect(read('/4')).rejects.toThrow('more than 3 redirects');
});

test('a redirect may not leave the allowed protocols', async () => {
  server.answer = (_, response) => response.writeHead(301, { location: 'file:///etc/passwd' }).end();
  await expect(read('/list')).rejects.toThrow('file: is not among the allowed protocols http:');
});

test('a redirect may not lead to a private address, by number or by name', async () => {
  const own = { ...policy, isAllowed: (address: string) => address === '127.0.0.1' };
  server.answer = (_, response) => response.writeHead(301, { location: 'http://169.254.169.254/latest/' }).end();
  await expect(read('/list', own)).rejects.toThrow('169.254.169.254 is not a public address');
  const nobody = { ...policy, isAllowed: () => false };
  await expect(fetchDocument(server.url.replace('127.0.0.1', 'localhost'), {}, nobody)).rejects.toThrow(
    /^localhost is at .*, which is not public$/,
  );
});

test('an answer that is too long is cut off, whatever it said of its length', async () => {
  server.answer = (_, response) => response.end('x'.repeat(1_001));
  await expect(read('/list')).rejects.toThrow('the answer is longer than 1000 bytes');
});

test('a slow answer ends with the time-out', async () => {
  server.answer = (_, response) => void response.write('1.2.3.4\n');
  await expect(read('/list', { ...policy, timeoutMs: 200 })).rejects.toThrow(/abort/);
});

test('an answer that breaks off is a failure', async () => {
  server.answer = (_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('1.2.3.4\n');
    setTimeout(() => response.destroy(), 20);
  };
  await expect(read('/list')).rejects.toThrow(/aborted/);
});

test('an answer compressed unasked is a failure', async () => {
  server.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('?');
  await expect(read('/list')).rejects.toThrow('the server compressed the answer unasked: gzip');
});

test('tells the version, and asks for another one than the known', async () => {
  server.answer = ({ headers }, response) => {
    if (headers['if-none-match'] === '"v1"' && headers['if-modified-since'] === 'Tue, 24 Nov 2026 05:00:00 GMT') {
      response.writeHead(304).end();
    } else {
      response.setHeader('etag', '"v1"').setHeader('last-modified', 'Tue, 24 Nov 2026 05:00:00 GMT').end('1.2.3.4');
    }
  };
  const { body, ...known } = await fetchDocument(server.url, {}, policy);
  expect(known).toEqual({ etag: '"v1"', lastModified: 'Tue, 24 Nov 2026 05:00:00 GMT' });
  expect(body).toBeDefined();
  expect(await fetchDocument(server.url, known, policy)).toEqual(known);
});

describe('the policy of production', () => {
  test('refuses plain HTTP and private addresses', async () => {
    await expect(read('/list', PUBLIC_HTTPS)).rejects.toThrow('http: is not among the allowed protocols https:');
    for (const host of [
      '127.0.0.1',
      '10.0.0.1',
      '169.254.169.254',
      '[::1]',
      '[fd00::1]',
      '[::ffff:10.0.0.1]',
      '2130706433',
    ]) {
      await expect(fetchDocument(`https://${host}/`)).rejects.toThrow(/is not a public address$/);
    }
    await expect(fetchDocument('https://localhost:1/')).rejects.toThrow(/^localhost is at .*, which is not public$/);
  });

  test.each([
    ['1.2.3.4', true],
    ['2a00:1450::1', true],
    ['192.168.0.1', false],
    ['100.64.0.1', false],
    ['::ffff:1.2.3.4', false],
    ['word', false],
  ])('%s is public: %s', (address, isPublic) => expect(PUBLIC_HTTPS.isAllowed(address)).toBe(isPublic));
});

import { RestoredDatabase } from '../../src/backup/restored-database.lambda-shared';
import { TokenServer } from './token-server';

// What checks find on real servers stands in test/engines/restored-database.test.ts. Here is the login that only RDS has.
const TOKEN = `copy.example.com:33306/?Action=connect&X-Amz-Security-Token=${'t'.repeat(1500)}`;
let server: TokenServer;

afterEach(() => server.stop());

function problems(ca?: string): Promise<string[]> {
  const database = new RestoredDatabase({
    ...{ host: 'localhost', port: server.port, user: 'restore_check', schema: 'charging' },
    ssl: { verifyIdentity: true, ca },
    ...{ attempts: 1, pauseMs: 0, connectMs: 2000, queryMs: 1000 },
  });
  return database.problems([], async () => TOKEN);
}

test('hands the whole token over inside TLS', async () => {
  server = await TokenServer.start();
  expect(await problems(server.certificate)).toEqual([]);
  expect(server.tokens).toEqual([TOKEN]);
});

test('hands no token to a server of an unknown authority', async () => {
  server = await TokenServer.start();
  expect(await problems()).toEqual([expect.stringContaining('self-signed certificate')]);
  expect(server.tokens).toEqual([]);
});

test('hands no token to a server without TLS', async () => {
  server = await TokenServer.start(false);
  expect(await problems(server.certificate)).toEqual([expect.stringContaining('HANDSHAKE_NO_SSL_SUPPORT')]);
  expect(server.tokens).toEqual([]);
});

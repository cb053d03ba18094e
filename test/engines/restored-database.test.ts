import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { RestoreCheck } from '../../src/backup';
import { RestoredDatabase, type RestoredDatabaseSettings } from '../../src/backup/restored-database.lambda-shared';
import { describeWith, MYSQL_8_0, MYSQL_9_7 } from '../support/engines';
import { run } from '../support/engines/run';
import { freePort } from '../support/moto';
import { MysqlServer } from '../support/mysql';

// RDS alone has the plugin that takes IAM tokens, so the user has a password here; the exchange of a token stands in
// test/engines/restored-database-token.test.ts.
const PASSWORD = 'of-a-restored-copy';
const ROOT = path.join(__dirname, '..', '..');
const INVOKE = `
  const { handler } = require(process.argv[1]);
  handler(JSON.parse(process.argv[2])).then((problems) => console.log('PROBLEMS ' + JSON.stringify(problems)));
`;

/** More rows than anybody lives to count. */
const SLOW =
  'SELECT SUM(a.n + b.n + c.n + forever.n) > 0 FROM numbers a JOIN numbers b JOIN numbers c JOIN numbers AS forever';

const spec = ({ name, _sql }: RestoreCheck) => ({ name, sql: _sql });

describeWith([MYSQL_8_0, MYSQL_9_7], 'a restored database', () => {
  describe.each([MYSQL_8_0, MYSQL_9_7])('of $name', (engine) => {
    let server: MysqlServer;
    let asked: number;

    beforeAll(async () => {
      server = await MysqlServer.start(engine);
      await server.query('CREATE DATABASE charging');
      await server.query('CREATE TABLE charging.sessions (id INT PRIMARY KEY, started_at DATETIME)');
      await server.query('INSERT INTO charging.sessions VALUES (1, NOW()), (2, NOW()), (3, NOW())');
      await server.query('CREATE TABLE charging.drafts (id INT PRIMARY KEY)');
      await server.query('CREATE TABLE charging.numbers (n INT)');
      await server.query(`INSERT INTO charging.numbers VALUES ${Array(1000).fill('(1)').join()}`);
      await server.query('CREATE DATABASE secrets');
      await server.query(`CREATE USER restore_check@'%' IDENTIFIED BY '${PASSWORD}' REQUIRE SSL`);
      await server.query("GRANT SELECT ON charging.* TO restore_check@'%'");
    }, 60_000);
    afterAll(() => server.stop());
    beforeEach(() => {
      asked = 0;
    });

    function problems(checks: RestoreCheck[], settings: Partial<RestoredDatabaseSettings> = {}, password = PASSWORD) {
      const database = new RestoredDatabase({
        ...{ host: server.host, port: server.port, ssl: server.ssl, user: 'restore_check', schema: 'charging' },
        ...{ attempts: 3, pauseMs: 10, connectMs: 1000, queryMs: 1000 },
        ...settings,
      });
      return database.problems(checks.map(spec), async () => {
        asked++;
        return password;
      });
    }

    test('without checks it must let the user in and have the schema', async () => {
      expect(await problems([])).toEqual([]);
    });

    test.each([
      RestoreCheck.rowsAtLeast('sessions', 3),
      RestoreCheck.rowsAtLeast('drafts', 0),
      RestoreCheck.query('fresh', 'SELECT MAX(started_at) > NOW() - INTERVAL 2 DAY FROM sessions'),
      RestoreCheck.query('comment', 'SELECT 1 -- nothing more'),
      RestoreCheck.query('a number', 'SELECT id FROM sessions WHERE id = 3'),
    ])('holds: $name', async (check) => {
      expect(await problems([check])).toEqual([]);
    });

    test.each([
      [RestoreCheck.rowsAtLeast('sessions', 4), "'sessions has 4 rows or more' does not hold"],
      [
        RestoreCheck.query('old', 'SELECT MAX(started_at) < NOW() - INTERVAL 2 DAY FROM sessions'),
        "'old' does not hold",
      ],
      [RestoreCheck.query('null', 'SELECT MAX(id) > 0 FROM drafts'), "'null' does not hold"],
      [RestoreCheck.query('no row', 'SELECT id FROM drafts'), "'no row' does not hold"],
    ])('does not hold: %#', async (check, problem) => {
      expect(await problems([check])).toEqual([problem]);
    });

    test.each([
      [RestoreCheck.rowsAtLeast('meters', 1), "ER_NO_SUCH_TABLE Table 'charging.meters' doesn't exist"],
      [RestoreCheck.query('rows', 'SELECT id FROM sessions'), 'ER_SUBQUERY_NO_1_ROW Subquery returns more than 1 row'],
      [RestoreCheck.query('columns', 'SELECT 1, 2'), 'ER_OPERAND_COLUMNS Operand should contain 1 column(s)'],
      [RestoreCheck.query('other', 'SELECT 1 FROM secrets.keys'), 'ER_TABLEACCESS_DENIED_ERROR SELECT command denied'],
      [RestoreCheck.query('way out', 'SELECT 1) UNION (SELECT 2'), 'ER_PARSE_ERROR'],
      [RestoreCheck.query('file', "SELECT 1 INTO OUTFILE '/tmp/x'"), 'ER_MISPLACED_INTO'],
    ])('cannot be checked: %#', async (check, reason) => {
      const [problem, ...others] = await problems([check]);
      expect(problem).toContain(`'${check.name}' cannot be checked: ${reason}`);
      expect(others).toEqual([]);
    });

    test('goes on after a check that failed, and after a query that MySQL stopped', async () => {
      const found = await problems([
        RestoreCheck.rowsAtLeast('meters', 1),
        RestoreCheck.query('slow', SLOW),
        RestoreCheck.rowsAtLeast('sessions', 1),
        RestoreCheck.rowsAtLeast('sessions', 9),
      ]);
      expect(found).toEqual([
        expect.stringContaining('ER_NO_SUCH_TABLE'),
        expect.stringContaining("'slow' cannot be checked: ER_QUERY_TIMEOUT"),
        "'sessions has 9 rows or more' does not hold",
      ]);
    });

    test('believes no value of a query that MySQL stopped', async () => {
      const slow = Array.from({ length: 50 }, (_, index) => RestoreCheck.query(`slow ${index}`, SLOW));
      const found = await problems(slow, { queryMs: 40 });
      expect(found).toEqual(
        slow.map(({ name }) => expect.stringContaining(`'${name}' cannot be checked: ER_QUERY_TIMEOUT`)),
      );
    });

    test('says so when the server goes away, and makes no other check', async () => {
      const slow = RestoreCheck.query('slow', SLOW);
      const found = problems([slow, RestoreCheck.rowsAtLeast('sessions', 9)], { queryMs: 30_000 });
      const running =
        "SELECT id FROM information_schema.processlist WHERE user = 'restore_check' AND info LIKE '%AS forever%'";
      let [thread] = await server.query(running);
      while (!thread) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        [thread] = await server.query(running);
      }
      await kill(server, Object.values(thread)[0]);
      expect(await found).toEqual([
        expect.stringMatching(/^the connection was lost, the other checks were not made: PROTOCOL_CONNECTION_LOST/),
      ]);
    });

    test.each([
      ['a wrong password', {}, 'wrong', 'ER_ACCESS_DENIED_ERROR'],
      ['a schema that it may not see', { schema: 'secrets' }, PASSWORD, 'ER_DBACCESS_DENIED_ERROR'],
    ])('is asked once with %s', async (_title, settings, password, code) => {
      const [problem] = await problems([], settings, password);
      const schema = (settings as { schema?: string }).schema ?? 'charging';
      expect(problem).toContain(`cannot log in as restore_check and use ${schema}: ${code}`);
      expect(problem).not.toContain(password);
      expect(asked).toBe(1);
    });

    test('is asked again where nothing listens', async () => {
      const [problem] = await problems([], { port: await freePort() });
      expect(problem).toContain('cannot log in as restore_check and use charging: ECONNREFUSED');
      expect(asked).toBe(3);
    });

    test('is given up where something listens and says nothing', async () => {
      const sockets: net.Socket[] = [];
      const silent = net.createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
      await new Promise((resolve) => silent.once('listening', resolve));
      const { port } = silent.address() as net.AddressInfo;
      const [problem] = await problems([], { host: '127.0.0.1', port, attempts: 2 });
      silent.close();
      for (const socket of sockets) {
        socket.destroy();
      }
      expect(problem).toContain('ETIMEDOUT');
      expect(asked).toBe(2);
    });

    test('must show a certificate of a known authority', async () => {
      const unknown = await problems([], { ssl: { verifyIdentity: true }, attempts: 1 });
      expect(unknown[0]).toMatch(/self-signed certificate/);
    });

    test('the bundled function reaches it with the authorities that the environment names, and its token is refused', async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'check-'));
      const bundle = path.join(folder, 'index.js');
      const options = [
        '--bundle',
        '--platform=node',
        '--target=node20',
        '--external:@aws-sdk/*',
        `--outfile=${bundle}`,
      ];
      const esbuild = path.join(ROOT, 'node_modules', '.bin', 'esbuild');
      await run(esbuild, ['src/backup/check-database.lambda.ts', ...options], {}, ROOT);
      const address = JSON.stringify({ host: server.host, port: server.port });
      const output = await run(process.execPath, ['-e', INVOKE, bundle, address], {
        NODE_EXTRA_CA_CERTS: server.certificate,
        ...{ CHECK_USER: 'restore_check', SCHEMA: 'charging', CHECKS: '[]', AWS_REGION: 'eu-south-2' },
        ...{ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' },
      });
      fs.rmSync(folder, { recursive: true, force: true });
      expect(output).toMatch(/PROBLEMS \["cannot log in as restore_check and use charging: ER_ACCESS_DENIED_ERROR/);
      expect(output).not.toContain('X-Amz-Signature');
    });
  });
});

async function kill(server: MysqlServer, thread: string): Promise<void> {
  // Only the super user may end the thread of another; its own user may too.
  const connection = await server.connect('restore_check', PASSWORD);
  await connection.query('KILL ?', [thread]);
  await connection.end();
}

import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {
  CreateSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { PRIVILEGES, type Privileges, type RotatedUser } from '../../src/database/constants';
import { serverParameters } from '../../src/database/engine';
import { type Address, MysqlUsers } from '../../src/database/mysql-users.lambda-shared';
import { Rotation } from '../../src/database/rotation.lambda-shared';
import { type Credentials, UserSecrets } from '../../src/database/user-secrets.lambda-shared';
import { describeWith, MOTO, MYSQL_8_0, MYSQL_9_7 } from '../support/engines';
import { run } from '../support/engines/run';
import { MotoServer } from '../support/moto';
import { MysqlServer } from '../support/mysql';

// The `_` must not let the user into `chargingXdb`.
const SCHEMA = 'charging_db';
const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

/** Those of the parameter group, as they stand: it has neither formulas nor names that only RDS knows. */
const PARAMETERS = serverParameters(614);

const ROOT = path.join(__dirname, '..', '..');
const INVOKE = `
  const { handler } = require(process.argv[1]);
  (async () => { for (const event of JSON.parse(process.argv[2])) await handler(event); })();
`;
let bundle: string;
let moto: MotoServer;
let client: SecretsManagerClient;

describeWith([MOTO, MYSQL_8_0, MYSQL_9_7], 'MySQL', () => {
  beforeAll(async () => {
    moto = await MotoServer.start();
    client = newClient();
    bundle = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'rotation-')), 'index.js');
    const options = ['--bundle', '--platform=node', '--target=node20', '--external:@aws-sdk/*', `--outfile=${bundle}`];
    await run(
      path.join(ROOT, 'node_modules', '.bin', 'esbuild'),
      ['src/database/rotation.lambda.ts', ...options],
      {},
      ROOT,
    );
  }, 60_000);
  afterAll(async () => {
    await moto.stop();
    fs.rmSync(path.dirname(bundle), { recursive: true, force: true });
  });

  describe.each([MYSQL_8_0, MYSQL_9_7])('on $name', (engine) => {
    let server: MysqlServer;
    let masterSecret: string;
    let count = 0;

    beforeAll(async () => {
      server = await MysqlServer.start(engine, PARAMETERS);
      masterSecret = await newSecret(server.master);
      await server.query('CREATE DATABASE charging_db');
      await server.query('CREATE DATABASE chargingXdb');
      await server.query('CREATE TABLE charging_db.sessions (id INT PRIMARY KEY)');
    }, 60_000);
    afterAll(() => server.stop());

    /** A user as `addUser` defines it, before its first rotation. */
    async function newUser(privileges: Privileges = 'readWrite', pooled = true): Promise<RotatedUser> {
      const name = `api${++count}`;
      const initial = { username: name, password: `initial${count}` };
      const poolLogins = pooled ? [await newSecret(initial), await newSecret(initial)] : [];
      return { secret: await newSecret(initial), name, privileges, poolLogins };
    }

    /** `pool` stands for the proxy: an address that knows the same users, or one where nothing answers. */
    function rotation(
      pool: Address | undefined = server,
      secrets = new UserSecrets(client),
      at: Address = server,
      master = masterSecret,
    ) {
      return new Rotation(secrets, new MysqlUsers(at, server.ssl), {
        masterSecret: master,
        schema: SCHEMA,
        pool,
        poolAttempts: 2,
        poolPauseMs: 10,
      });
    }

    async function rotate(user: RotatedUser): Promise<void> {
      const token = begin(user.secret);
      for (const step of STEPS) {
        await rotation().run(step, token, user);
      }
    }

    async function logIn({ username, password }: Credentials, database = SCHEMA): Promise<string> {
      const connection = await server.connect(username, password, { database });
      const [rows] = await connection.query("SHOW STATUS LIKE 'Ssl_version'");
      await connection.end();
      return (rows as { Value: string }[])[0].Value;
    }

    test('takes every parameter of the group', async () => {
      const rows = await server.query('SHOW GLOBAL VARIABLES');
      const values = new Map(rows.map((row) => [row.Variable_name, row.Value]));
      const told = Object.fromEntries(Object.keys(PARAMETERS).map((name) => [name, plain(values.get(name))]));
      expect(told).toEqual(Object.fromEntries(Object.entries(PARAMETERS).map(([name, value]) => [name, plain(value)])));
    });

    test('lets a migration make triggers while the binary log is on', async () => {
      const user = await newUser('schemaChanges');
      await rotate(user);
      const { username, password } = await current(user.secret);
      const connection = await server.connect(username, password, { database: SCHEMA });
      await connection.query('CREATE TABLE connectors (id INT PRIMARY KEY, changed INT)');
      await connection.query('CREATE TRIGGER t BEFORE UPDATE ON connectors FOR EACH ROW SET NEW.changed = 1');
      await connection.end();
      const rows = await server.query(
        'SELECT privilege_type AS name FROM information_schema.schema_privileges WHERE grantee = ?',
        [`'${username}'@'%'`],
      );
      expect(rows.map((row) => row.name).sort()).toEqual([...PRIVILEGES.schemaChanges].sort());
    });

    test('the first rotation makes both users, and the initial password works too', async () => {
      const user = await newUser();
      const initial = await current(user.secret);
      await rotate(user);
      const rotated = await current(user.secret);
      expect(rotated.username).toBe(`${user.name}_clone`);
      expect(rotated.password).toMatch(/^[A-Za-z0-9]{40}$/);
      expect(await logIn(initial)).toMatch(/^TLSv1\.[23]$/);
      expect(await logIn(rotated)).toMatch(/^TLSv1\.[23]$/);
      expect(await Promise.all(user.poolLogins.map(current))).toEqual([initial, rotated]);
    });

    test('the second returns to the first user; what was current stays valid, what was before it does not', async () => {
      const user = await newUser();
      const initial = await current(user.secret);
      await rotate(user);
      const second = await current(user.secret);
      await rotate(user);
      const third = await current(user.secret);
      expect(third.username).toBe(user.name);
      await logIn(second);
      await logIn(third);
      await expect(logIn(initial)).rejects.toMatchObject({ code: 'ER_ACCESS_DENIED_ERROR' });
      expect(await Promise.all(user.poolLogins.map(current))).toEqual([third, second]);
    });

    test('every step can be repeated, and so can the whole rotation', async () => {
      const user = await newUser();
      const token = begin(user.secret);
      for (const step of [...STEPS.flatMap((one) => [one, one]), ...STEPS]) {
        await rotation().run(step, token, user);
      }
      await logIn(await current(user.secret));
      expect((await current(user.secret)).username).toBe(`${user.name}_clone`);
    });

    test('without TLS nobody logs in', async () => {
      const user = await newUser();
      await rotate(user);
      const { username, password } = await current(user.secret);
      await expect(server.connect(username, password, { ssl: undefined })).rejects.toMatchObject({
        code: expect.stringMatching(/ER_(SECURE_TRANSPORT_REQUIRED|ACCESS_DENIED_ERROR)/),
      });
    });

    test('rights are those of the schema, and no more', async () => {
      const user = await newUser('readOnly');
      await rotate(user);
      const credentials = await current(user.secret);
      await expect(logIn(credentials, 'chargingXdb')).rejects.toMatchObject({ code: 'ER_DBACCESS_DENIED_ERROR' });
      const connection = await server.connect(credentials.username, credentials.password, { database: SCHEMA });
      await connection.query('SELECT * FROM sessions');
      await expect(connection.query('DELETE FROM sessions')).rejects.toMatchObject({
        code: 'ER_TABLEACCESS_DENIED_ERROR',
      });
      await connection.end();
    });

    test('other rights reach both users with the next rotation', async () => {
      const user = await newUser('readWrite');
      await rotate(user);
      await rotate({ ...user, privileges: 'readOnly' });
      for (const name of [user.name, `${user.name}_clone`]) {
        const rows = await server.query(
          'SELECT privilege_type AS name FROM information_schema.schema_privileges WHERE grantee = ?',
          [`'${name}'@'%'`],
        );
        expect(rows.map((row) => row.name).sort()).toEqual(['SELECT', 'SHOW VIEW']);
      }
    });

    test('a database restored from before gets the passwords of now', async () => {
      const user = await newUser();
      await rotate(user);
      const inUse = await current(user.secret);
      await server.query(`ALTER USER '${inUse.username}'@'%' IDENTIFIED BY 'of-the-snapshot'`);
      await server.query(`DROP USER '${user.name}'@'%'`);
      const token = begin(user.secret);
      await rotation().run('createSecret', token, user);
      await rotation().run('setSecret', token, user);
      await logIn(inUse);
    });

    test('rotates in mid-traffic without a refused login', async () => {
      const user = await newUser();
      await rotate(user);
      const figures = { logins: 0, refused: 0, names: new Set<string>() };
      let running = true;
      const service = async (refreshes: boolean) => {
        let credentials = await current(user.secret);
        while (running) {
          credentials = refreshes ? await current(user.secret) : credentials;
          figures.names.add(credentials.username);
          const connection = await server.connect(credentials.username, credentials.password, { database: SCHEMA });
          await connection.query('SELECT * FROM sessions').catch(() => figures.refused++);
          await connection.end();
          figures.logins++;
        }
      };
      const failed = (error: Error) => {
        figures.refused++;
        throw error;
      };
      // Two that read the secret before each login, and one that reads it daily.
      const traffic = [service(true), service(true), service(false)].map((one) => one.catch(failed));
      await until(() => figures.logins > 20);
      await rotate(user);
      const atRotation = figures.logins;
      await until(() => figures.logins > atRotation + 20);
      running = false;
      await Promise.all(traffic);
      expect(figures.refused).toBe(0);
      expect([...figures.names].sort()).toEqual([user.name, `${user.name}_clone`]);
    });

    describe('the bundled function', () => {
      /** Runs the steps after createSecret in a process of its own, as Lambda would. */
      async function invoke(user: RotatedUser, env: NodeJS.ProcessEnv): Promise<string> {
        const token = begin(user.secret);
        await rotation().run('createSecret', token, user);
        const address = `${server.host}:${server.port}`;
        const events = STEPS.slice(1).map((Step) => ({ Step, SecretId: user.secret, ClientRequestToken: token }));
        return run(process.execPath, ['-e', INVOKE, bundle, JSON.stringify(events)], {
          NODE_PATH: path.join(ROOT, 'node_modules'),
          AWS_ENDPOINT_URL_SECRETS_MANAGER: moto.config.endpoint,
          AWS_REGION: moto.config.region,
          AWS_ACCESS_KEY_ID: moto.config.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: moto.config.credentials.secretAccessKey,
          MASTER_SECRET_ARN: masterSecret,
          SERVER: address,
          POOL: address,
          SCHEMA,
          USERS: JSON.stringify([user]),
          ...env,
        });
      }

      test('rotates, checks whom it talks to, and logs no password', async () => {
        const user = await newUser();
        const log = await invoke(user, { NODE_EXTRA_CA_CERTS: server.certificate });
        const rotated = await current(user.secret);
        await logIn(rotated);
        expect(log).toContain(`"step":"finishSecret","user":"${user.name}"`);
        expect(log).not.toContain(rotated.password);
      });

      test('does not talk to a server that nobody vouches for', async () => {
        const user = await newUser();
        const before = await current(user.secret);
        await expect(invoke(user, { NODE_EXTRA_CA_CERTS: '' })).rejects.toThrow(/self-signed certificate/);
        expect(await current(user.secret)).toEqual(before);
      });
    });

    describe('after a failure', () => {
      const nowhere = { host: 'localhost', port: 1 };

      /** Runs the steps until `step` fails, sees that the old login works, and runs them all again. */
      async function survives(step: string, broken: () => Rotation, pooled = true): Promise<void> {
        const user = await newUser('readWrite', pooled);
        await rotate(user);
        const before = await current(user.secret);
        const token = begin(user.secret);
        for (const earlier of STEPS.slice(0, STEPS.indexOf(step))) {
          await rotation().run(earlier, token, user);
        }
        await expect(broken().run(step, token, user)).rejects.toThrow();
        expect(await current(user.secret)).toEqual(before);
        await logIn(before);
        for (const again of STEPS) {
          await rotation().run(again, token, user);
        }
        await logIn(before);
        await logIn(await current(user.secret));
        expect(await current(user.secret)).not.toEqual(before);
      }

      test('of createSecret: Secrets Manager throttles', () =>
        survives('createSecret', () => rotation(server, failing('PutSecretValueCommand'))));
      test('of setSecret: the server is away', () => survives('setSecret', () => rotation(server, undefined, nowhere)));
      test('of setSecret: the passwords are set, but the pool is not told', () =>
        survives('setSecret', () => rotation(server, failing('PutSecretValueCommand'))));
      test('of setSecret: the master secret cannot be read', () =>
        survives('setSecret', () => rotation(server, failing('GetSecretValueCommand', 3))));
      test('of testSecret: the pool does not know the user', () => survives('testSecret', () => rotation(nowhere)));
      test('of testSecret: the server fails over', () =>
        survives('testSecret', () => rotation(undefined, undefined, nowhere), false));
      test('of finishSecret: Secrets Manager throttles', () =>
        survives('finishSecret', () => rotation(server, failing('UpdateSecretVersionStageCommand'))));

      test('of setSecret: the error says who and why, and carries no password', async () => {
        const powerless = await newUser();
        await rotate(powerless);
        const user = await newUser();
        const token = begin(user.secret);
        await rotation().run('createSecret', token, user);
        const error: Error = await rotation(server, undefined, server, powerless.secret)
          .run('setSecret', token, user)
          .then(() => new Error('did not fail'))
          .catch((caught) => caught);
        expect(error.message).toBe(
          `MySQL refused CREATE USER IF NOT EXISTS ${user.name}: ER_SPECIFIC_ACCESS_DENIED_ERROR`,
        );
        const logged = JSON.stringify({ ...error, message: error.message, stack: error.stack, cause: error.cause });
        expect(logged).not.toContain((await current(user.secret)).password);
      });

      test('steps out of order are refused', async () => {
        const user = await newUser();
        const token = begin(user.secret);
        for (const step of STEPS.slice(1)) {
          await expect(rotation().run(step, token, user)).rejects.toThrow(
            `version ${token} of the secret is empty; createSecret comes first`,
          );
        }
        await expect(rotation().run('dropSecret', token, user)).rejects.toThrow('unknown step dropSecret');
      });

      test('a version that is not being rotated is refused', async () => {
        const user = await newUser();
        await expect(rotation().run('createSecret', 'other', user)).rejects.toThrow(
          'version other of the secret is not being rotated',
        );
      });
    });

    test.each(["x' OR '1'='1", 'a`b', 'A', ''])(
      'a secret that says the user is %j changes nothing',
      async (username) => {
        const user = { ...(await newUser()), secret: await newSecret({ username, password: 'x' }) };
        const token = begin(user.secret);
        const users = "SELECT COUNT(*) AS number FROM mysql.user WHERE user <> 'unknown'";
        const [before] = await server.query(users);
        await rotation().run('createSecret', token, user);
        await expect(rotation().run('setSecret', token, user)).rejects.toThrow(
          'a user or a right of the secret is not spelled as this construct spells them',
        );
        expect((await server.query(users))[0]).toEqual(before);
      },
    );
  });
});

/** ON and 1 are the same, and so are 1 and 1.000000. */
function plain(value = ''): string {
  const text = value.replace(/^ON$/, '1');
  return Number.isNaN(Number(text)) ? text : String(Number(text));
}

async function newSecret(credentials: Credentials): Promise<string> {
  const answer = await client.send(
    new CreateSecretCommand({ Name: randomUUID(), SecretString: JSON.stringify(credentials) }),
  );
  return answer.ARN as string;
}

async function current(secret: string): Promise<Credentials> {
  // Named, because moto's own idea of what is current does not follow the label.
  const answer = await client.send(new GetSecretValueCommand({ SecretId: secret, VersionStage: 'AWSCURRENT' }));
  return JSON.parse(answer.SecretString as string);
}

/** Begins a rotation as Secrets Manager does before it calls the function: with an empty version that is pending. */
function begin(secret: string): string {
  const token = randomUUID();
  begun.push({ secret, token });
  return token;
}

const begun: { secret: string; token: string }[] = [];

/** A client of moto, which has no empty versions of secrets. */
function newClient(): SecretsManagerClient {
  const made = new SecretsManagerClient(moto.config);
  made.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      if (context.commandName === 'DescribeSecretCommand') {
        const output = answer.output as DescribeSecretCommandOutput;
        for (const { token } of begun.filter(({ secret }) => secret === output.ARN)) {
          output.VersionIdsToStages = { [token]: ['AWSPENDING'], ...output.VersionIdsToStages };
        }
      }
      return answer;
    },
    { step: 'initialize' },
  );
  return made;
}

/** Secrets Manager that answers the n-th call of one kind with throttling. */
function failing(command: string, nth = 1): UserSecrets {
  let calls = 0;
  const throttled = newClient();
  throttled.middlewareStack.add(
    (next, context) => (args) => {
      if (context.commandName === command && ++calls === nth) {
        throw Object.assign(new Error('rate exceeded'), { name: 'ThrottlingException' });
      }
      return next(args);
    },
    { step: 'initialize' },
  );
  return new UserSecrets(throttled);
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!condition() && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

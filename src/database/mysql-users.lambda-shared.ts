import { type Connection, type ConnectionOptions, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Credentials } from './user-secrets.lambda-shared';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const LOGIN_REFUSED = new Set(['ER_ACCESS_DENIED_ERROR', 'ER_ACCOUNT_HAS_BEEN_LOCKED']);
const NAME = /^[a-z][a-z0-9_]{0,31}$/;
const PRIVILEGE = /^[A-Z]+( [A-Z]+)*$/;

/** Users of the MySQL server. */
export class MysqlUsers {
  constructor(
    private readonly server: Address,
    private readonly ssl: ConnectionOptions['ssl'],
  ) {}

  /** Logs in and uses the schema, as a service would. */
  public async logIn(credentials: Credentials, schema: string, at: Address = this.server): Promise<void> {
    const connection = await this.connect(at, credentials);
    try {
      await connection.query('USE ??', [schema]);
    } finally {
      await connection.end();
    }
  }

  /** Whether the server knows this name with this password. */
  public async knows(credentials: Credentials): Promise<boolean> {
    try {
      await (await this.connect(this.server, credentials)).end();
      return true;
    } catch (error) {
      if (LOGIN_REFUSED.has((error as { code?: string }).code ?? '')) {
        return false;
      }
      throw error;
    }
  }

  /** Does something as the master user. */
  public async asMaster<T>(master: Credentials, work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.connect(this.server, master);
    try {
      return await work(connection);
    } finally {
      await connection.end();
    }
  }

  private connect({ host, port }: Address, { username, password }: Credentials): Promise<Connection> {
    return createConnection({ host, port, user: username, password, ssl: this.ssl, connectTimeout: 10_000 });
  }
}

/** Makes the user, or gives it another password. It may log in over TLS only. */
export async function setPassword(connection: Connection, { username, password }: Credentials): Promise<void> {
  const user = [checked(username, NAME), password];
  const identified = "?@'%' IDENTIFIED WITH caching_sha2_password BY ? REQUIRE SSL";
  for (const verb of ['CREATE USER IF NOT EXISTS', 'ALTER USER']) {
    try {
      await connection.query(`${verb} ${identified}`, user);
    } catch (error) {
      // The driver's error carries the statement with the password, and Lambda logs errors with all they carry.
      throw new Error(`MySQL refused ${verb} ${username}: ${(error as { code?: string }).code}`);
    }
  }
}

/** Gives the user these rights on the schema and takes its others on it. What it keeps, it never misses for a moment. */
export async function setPrivileges(
  connection: Connection,
  username: string,
  schema: string,
  privileges: readonly string[],
): Promise<void> {
  // `_` in the name of a schema would stand for any character.
  const pattern = schema.replaceAll('_', '\\_');
  const account = `${connection.escape(checked(username, NAME))}@'%'`;
  const list = (all: readonly string[]) => all.map((one) => checked(one, PRIVILEGE)).join(', ');
  await connection.query(`GRANT ${list(privileges)} ON ?? .* TO ${account}`, [pattern]);
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT privilege_type AS name FROM information_schema.schema_privileges WHERE grantee = ? AND table_schema = ?',
    [account, pattern],
  );
  const surplus = rows.map(({ name }) => name as string).filter((name) => !privileges.includes(name));
  if (surplus.length > 0) {
    await connection.query(`REVOKE ${list(surplus)} ON ?? .* FROM ${account}`, [pattern]);
  }
}

function checked(text: string, pattern: RegExp): string {
  if (!pattern.test(text)) {
    throw new Error('a user or a right of the secret is not spelled as this construct spells them');
  }
  return text;
}

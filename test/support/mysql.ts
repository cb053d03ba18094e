import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise';
import type { MysqlEngine } from './engines';
import { freePort } from './moto';

/** A server of MySQL on the loopback address, with a certificate for `localhost` and a master user, as RDS has one. */
export class MysqlServer {
  /** Starts a new, empty server. `parameters` are those of a parameter group. */
  public static async start(engine: MysqlEngine, parameters: Record<string, string> = {}): Promise<MysqlServer> {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'mysql-'));
    const [key, certificate] = defineCertificate(home);
    const port = await freePort();
    const options = [
      '--no-defaults',
      ...engine.options,
      `--datadir=${path.join(home, 'data')}`,
      '--secure-file-priv=NULL',
      // What a test server loses in a power cut is no loss.
      '--sync-binlog=0',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-flush-method=nosync',
      '--innodb-doublewrite=OFF',
      '--performance-schema=OFF',
      ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    ];
    const script = path.join(home, 'init.sql');
    fs.writeFileSync(script, MASTER_SQL);
    execFileSync(engine.mysqld, [...options, '--initialize-insecure', `--init-file=${script}`], { stdio: 'pipe' });
    const log = fs.openSync(path.join(home, 'log'), 'w');
    const child = spawn(
      engine.mysqld,
      [
        ...options,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        `--socket=${path.join(home, 's')}`,
        '--mysqlx=OFF',
        `--ssl-ca=${certificate}`,
        `--ssl-cert=${certificate}`,
        `--ssl-key=${key}`,
        ...Object.entries(parameters).map(([name, value]) => `--${name}=${value}`),
      ],
      { stdio: ['ignore', log, log] },
    );
    fs.closeSync(log);
    const server = new MysqlServer(child, home, port, certificate);
    await server.ready();
    return server;
  }

  public readonly host = 'localhost';
  public readonly master = MASTER;
  public readonly ssl: ConnectionOptions['ssl'] & object;

  private constructor(
    private readonly child: ChildProcess,
    private readonly home: string,
    public readonly port: number,
    /** File of the authority that vouches for the server. */
    public readonly certificate: string,
  ) {
    this.ssl = { ca: fs.readFileSync(certificate, 'utf8'), verifyIdentity: true };
  }

  public connect(user: string, password: string, options: ConnectionOptions = {}): Promise<Connection> {
    return createConnection({ host: this.host, port: this.port, user, password, ssl: this.ssl, ...options });
  }

  /** Does something as the master user. */
  public async query(sql: string, values: unknown[] = []): Promise<Record<string, string>[]> {
    const connection = await this.connect(MASTER.username, MASTER.password);
    try {
      const [rows] = await connection.query(sql, values);
      return rows as Record<string, string>[];
    } finally {
      await connection.end();
    }
  }

  public async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      this.child.kill('SIGKILL');
      await once(this.child, 'exit');
    }
    fs.rmSync(this.home, { recursive: true, force: true });
  }

  private async ready(): Promise<void> {
    for (let attempt = 0; attempt < 1200 && this.child.exitCode === null; attempt++) {
      try {
        return await (await this.connect(MASTER.username, MASTER.password)).end();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    const log = fs.readFileSync(path.join(this.home, 'log'), 'utf8');
    await this.stop();
    throw new Error(`mysqld did not start:\n${log.slice(-3000)}`);
  }
}

const MASTER = { username: 'admin', password: 'only-for-tests' };
/** As on RDS the master user may make users and grant, but is not the super user. */
const MASTER_SQL = `
CREATE USER 'admin'@'%' IDENTIFIED WITH caching_sha2_password BY '${MASTER.password}';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES,
  CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW,
  CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER ON *.* TO 'admin'@'%' WITH GRANT OPTION;
`;

/** A key and a certificate for `localhost`, in files of the folder. */
export function defineCertificate(folder: string): [key: string, certificate: string] {
  const key = path.join(folder, 'key.pem');
  const certificate = path.join(folder, 'cert.pem');
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], {
    stdio: 'pipe',
  });
  return [key, certificate];
}

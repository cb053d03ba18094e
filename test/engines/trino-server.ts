import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { TRINO } from '../support/engines';
import { freePort } from '../support/moto';

export interface TrinoOptions {
  /** Folder for configuration and log. */
  readonly folder: string;
  /** Where S3 and Glue answer. */
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
}

export interface TrinoAnswer {
  readonly columns: string[];
  readonly rows: unknown[][];
  /** Bytes of objects that were read, as they lie in S3. */
  readonly bytes: number;
}

/** Trino on the loopback address, reading Glue tables as Athena does. */
export class TrinoServer {
  public static async start(options: TrinoOptions): Promise<TrinoServer> {
    const port = await freePort();
    configure(options, port);
    const log = fs.openSync(path.join(options.folder, 'trino.log'), 'a');
    const child = spawn('java', [...JVM, '-cp', `${TRINO.home}/classes:${TRINO.home}/lib/*`, 'TrinoMain'], {
      cwd: options.folder,
      stdio: ['ignore', log, log],
    });
    fs.closeSync(log);
    const trino = new TrinoServer(child, `http://127.0.0.1:${port}`, options);
    await trino.ready();
    return trino;
  }

  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
    private readonly options: TrinoOptions,
  ) {}

  public async query(sql: string, schema = 'default'): Promise<TrinoAnswer> {
    const headers = {
      'X-Trino-User': 'test',
      'X-Trino-Catalog': 'awsdatacatalog',
      'X-Trino-Schema': schema,
      'X-Trino-Time-Zone': 'UTC',
    };
    let response = await fetch(`${this.url}/v1/statement`, { method: 'POST', headers, body: sql });
    const rows: unknown[][] = [];
    let columns: string[] = [];
    for (;;) {
      const answer = (await response.json()) as TrinoPage;
      if (answer.error) {
        throw new Error(`${answer.error.errorName}: ${answer.error.message}`);
      }
      columns = answer.columns?.map(({ name }) => name) ?? columns;
      rows.push(...(answer.data ?? []));
      if (!answer.nextUri) {
        return { columns, rows, bytes: answer.stats.physicalInputBytes };
      }
      response = await fetch(answer.nextUri, { headers });
    }
  }

  public async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      return;
    }
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** Trino takes queries some seconds before it can answer them. */
  private async ready(): Promise<void> {
    const deadline = Date.now() + 240_000;
    while (Date.now() < deadline && this.child.exitCode === null) {
      const answer = await this.query("SELECT count(*) FROM system.runtime.nodes WHERE state = 'active'").catch(
        () => undefined,
      );
      if (answer?.rows[0]?.[0] === 1) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await this.stop();
    const log = fs.readFileSync(path.join(this.options.folder, 'trino.log'), 'utf8');
    throw new Error(`Trino did not answer; its log ends with:\n${log.slice(-3000)}`);
  }
}

interface TrinoPage {
  readonly columns?: { readonly name: string }[];
  readonly data?: unknown[][];
  readonly nextUri?: string;
  readonly error?: { readonly errorName: string; readonly message: string };
  readonly stats: { readonly physicalInputBytes: number };
}

const JVM = [
  '-Xmx1G',
  '-XX:+UseG1GC',
  '-XX:TieredStopAtLevel=1',
  '-XX:ReservedCodeCacheSize=256M',
  '-XX:+ExitOnOutOfMemoryError',
  '-XX:+UnlockDiagnosticVMOptions',
  '-Djdk.attach.allowAttachSelf=true',
  '-Djdk.nio.maxCachedBufferSize=2000000',
  '-Dfile.encoding=UTF-8',
  '-Dconfig=etc/config.properties',
];

function configure({ folder, endpoint, region, account }: TrinoOptions, port: number): void {
  const catalogs = path.join(folder, 'etc', 'catalog');
  fs.mkdirSync(catalogs, { recursive: true });
  write(path.join(folder, 'etc', 'config.properties'), {
    'node.environment': 'test',
    'node.id': 'test',
    'node.internal-address': '127.0.0.1',
    'node.bind-ip': '127.0.0.1',
    'http-server.http.port': String(port),
    'discovery.uri': `http://127.0.0.1:${port}`,
    coordinator: 'true',
    'node-scheduler.include-coordinator': 'true',
    'query.max-memory': '512MB',
    'query.max-memory-per-node': '256MB',
    'memory.heap-headroom-per-node': '128MB',
    'plugin.dir': path.join(TRINO.home, 'plugin'),
    'catalog.config-dir': catalogs,
  });
  write(path.join(catalogs, 'awsdatacatalog.properties'), {
    'connector.name': 'hive',
    'hive.metastore': 'glue',
    'hive.metastore.glue.region': region,
    'hive.metastore.glue.endpoint-url': endpoint,
    'hive.metastore.glue.aws-access-key': account,
    'hive.metastore.glue.aws-secret-key': 'emulator',
    'fs.hadoop.enabled': 'false',
    'fs.native-s3.enabled': 'true',
    's3.region': region,
    's3.aws-access-key': account,
    's3.aws-secret-key': 'emulator',
    's3.endpoint': endpoint,
    's3.path-style-access': 'true',
    'hive.partition-projection-enabled': 'true',
    // As Athena does: a partition is all that lies below its folder.
    'hive.recursive-directories': 'true',
    // Else small files are read whole, whatever columns are asked for.
    'parquet.small-file-threshold': '0B',
  });
}

function write(file: string, settings: Record<string, string>): void {
  fs.writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
}

import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise';
import type { DatabaseCheck } from './constants';

export interface RestoredDatabaseSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly schema: string;
  readonly ssl: ConnectionOptions['ssl'] & object;
  /** How often a server that does not answer is asked, and how long it is left alone in between. */
  readonly attempts: number;
  readonly pauseMs: number;
  /** How long one attempt to connect may take. */
  readonly connectMs: number;
  /** After which MySQL stops a query. */
  readonly queryMs: number;
}

/** What MySQL itself refuses will not be different a moment later. */
const REFUSED = /^ER_/;
/** A query that MySQL does not stop in time gets this much more until the connection is given up. */
const GRACE_MS = 5_000;

/** A MySQL server that was restored to be looked at. */
export class RestoredDatabase {
  constructor(private readonly settings: RestoredDatabaseSettings) {}

  /** Logs in with a password from `password` and gives what does not hold, one sentence each. */
  public async problems(checks: readonly DatabaseCheck[], password: () => Promise<string>): Promise<string[]> {
    let connection: Connection;
    try {
      connection = await this.connect(password);
    } catch (error) {
      return [`cannot log in as ${this.settings.user} and use ${this.settings.schema}: ${reasonOf(error)}`];
    }
    const problems: string[] = [];
    try {
      for (const check of checks) {
        const problem = await problemOf(check, connection, this.settings.queryMs);
        problems.push(...(problem ? [problem] : []));
      }
    } catch (error) {
      problems.push(`the connection was lost, the other checks were not made: ${reasonOf(error)}`);
    }
    connection.destroy();
    return problems;
  }

  private async connect(password: () => Promise<string>): Promise<Connection> {
    const { host, port, user, schema, ssl, attempts, pauseMs, connectMs, queryMs } = this.settings;
    for (let attempt = 1; ; attempt++) {
      try {
        const connection = await createConnection({
          ...{ host, port, user, ssl, database: schema, connectTimeout: connectMs },
          password: await password(),
          // RDS wants the token itself, which only `ssl` keeps from others.
          enableCleartextPlugin: true,
        });
        await connection.query('SET SESSION max_execution_time = ?', [queryMs]);
        return connection;
      } catch (error) {
        if (attempt >= attempts || REFUSED.test(codeOf(error))) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }
}

/** Why the check does not hold, or nothing. Throws where there is no connection any more. */
async function problemOf(
  { name, sql }: DatabaseCheck,
  connection: Connection,
  queryMs: number,
): Promise<string | undefined> {
  const start = performance.now();
  try {
    // In brackets it can be nothing but a query of one value; the line ends a comment.
    const [rows] = await connection.query({
      sql: `SELECT (\n${sql}\n) IS TRUE AS holds`,
      timeout: queryMs + GRACE_MS,
    });
    if (performance.now() - start >= queryMs) {
      // MySQL 8.0 now and then gives a stopped query a value instead of an error.
      return `'${name}' cannot be checked: ER_QUERY_TIMEOUT no value within ${queryMs} ms`;
    }
    const [{ holds }] = rows as { holds: number }[];
    return holds === 1 ? undefined : `'${name}' does not hold`;
  } catch (error) {
    if (!REFUSED.test(codeOf(error))) {
      throw error;
    }
    return `'${name}' cannot be checked: ${reasonOf(error)}`;
  }
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? '';
}

/** Code and message, which name tables and hosts. The driver's error itself carries the statement. */
function reasonOf(error: unknown): string {
  return [codeOf(error), (error as Error).message].filter((part) => part).join(' ');
}

const TABLE = /^[A-Za-z0-9_$]{1,64}$/;
const NAME = /^[^\p{C}]{1,80}$/u;
const QUERY = /^\s*SELECT\s[^;]*$/i;
const MAX_QUERY = 1000;
const MAX_ROWS = 1_000_000;

/** What must hold in a restored database. */
export class RestoreCheck {
  /**
   * The table is there and has so many rows or more. Counting ends at that number.
   * @param table name of a table of the database: 1 to 64 letters, digits, `_` or `$`
   * @param rows 0 to 1000000; with 0 the table must only be readable
   */
  public static rowsAtLeast(table: string, rows: number): RestoreCheck {
    if (!TABLE.test(table)) {
      throw new Error(
        `'table' of RestoreCheck.rowsAtLeast must be 1 to 64 letters, digits, '_' or '$', got '${table}'; for others use RestoreCheck.query`,
      );
    }
    if (!Number.isInteger(rows) || rows < 0 || rows > MAX_ROWS) {
      throw new Error(`'rows' of RestoreCheck.rowsAtLeast must be a whole number, 0 to ${MAX_ROWS}, got ${rows}`);
    }
    const some = `SELECT 1 FROM \`${table}\` LIMIT ${rows}`;
    return new RestoreCheck(`${table} has ${rows} rows or more`, `SELECT COUNT(*) >= ${rows} FROM (${some}) AS found`);
  }

  /**
   * A query gives one value that MySQL takes for true, such as
   * `SELECT MAX(started_at) > NOW() - INTERVAL 2 DAY FROM sessions`: neither `0` nor `NULL`, nor no row at all.
   * @param name what holds, for people, 1 to 80 characters of one line: `sessions are fresh`
   * @param sql one SELECT, up to 1000 characters, without a semicolon; MySQL stops it after 30 seconds
   */
  public static query(name: string, sql: string): RestoreCheck {
    if (!NAME.test(name)) {
      throw new Error(
        `'name' of RestoreCheck.query must be 1 to 80 characters of one line, got ${JSON.stringify(name)}`,
      );
    }
    if (!QUERY.test(sql) || sql.length > MAX_QUERY) {
      throw new Error(
        `'sql' of RestoreCheck.query must be one SELECT of up to ${MAX_QUERY} characters without a semicolon, got ${sql.length} characters: '${sql.slice(0, 40)}'`,
      );
    }
    return new RestoreCheck(name, sql);
  }

  private constructor(
    /** What holds, for people. */
    public readonly name: string,
    /** @internal */
    public readonly _sql: string,
  ) {}
}

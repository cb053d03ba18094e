import { RestoreCheck } from '../../src/backup';

const select = (length: number) => `SELECT ${'1'.repeat(length - 7)}`;

test.each([
  ['sessions', 0],
  ['S_$9', 1_000_000],
  ['t'.repeat(64), 1],
])('rowsAtLeast accepts %s with %d rows', (table, rows) => {
  expect(RestoreCheck.rowsAtLeast(table, rows).name).toBe(`${table} has ${rows} rows or more`);
});

test.each(['', 't'.repeat(65), 'a.b', 'a`b', 'a b', 'a\n'])('rowsAtLeast rejects the table %j', (table) => {
  expect(() => RestoreCheck.rowsAtLeast(table, 1)).toThrow(
    `'table' of RestoreCheck.rowsAtLeast must be 1 to 64 letters, digits, '_' or '$', got '${table}'; for others use RestoreCheck.query`,
  );
});

test.each([-1, 1.5, 1_000_001, Number.NaN])('rowsAtLeast rejects %d rows', (rows) => {
  expect(() => RestoreCheck.rowsAtLeast('sessions', rows)).toThrow(
    `'rows' of RestoreCheck.rowsAtLeast must be a whole number, 0 to 1000000, got ${rows}`,
  );
});

test.each([
  ['x', 'SELECT 1'],
  ['ñ'.repeat(80), '  select\n1 -- comment'],
  ['long', select(1000)],
])('query accepts %s', (name, sql) => {
  expect(RestoreCheck.query(name, sql).name).toBe(name);
});

test.each(['', 'x'.repeat(81), 'two\nlines'])('query rejects the name %j', (name) => {
  expect(() => RestoreCheck.query(name, 'SELECT 1')).toThrow(
    `'name' of RestoreCheck.query must be 1 to 80 characters of one line, got ${JSON.stringify(name)}`,
  );
});

test.each(['', 'DELETE FROM sessions', 'SELECT 1; SELECT 2', 'SELECTED', select(1001)])('query rejects %j', (sql) => {
  expect(() => RestoreCheck.query('x', sql)).toThrow(
    `'sql' of RestoreCheck.query must be one SELECT of up to 1000 characters without a semicolon, got ${sql.length} characters: '${sql.slice(0, 40)}'`,
  );
});

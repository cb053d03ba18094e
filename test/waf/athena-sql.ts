import * as polyglot from '@polyglot-sql/sdk';

/** What is wrong with a query: its syntax in Athena's dialect, and idioms that only one of Athena and Trino knows. */
export async function problemsOfSql(sql: string): Promise<string[]> {
  await polyglot.init();
  const { success, error } = polyglot.parse(sql, polyglot.Dialect.Athena);
  return [
    ...(success ? [] : [`syntax: ${error}`]),
    ...(/UNNEST\((?!transform\()/i.test(sql) ? ['a struct is unnested as such, which Trino spreads over columns'] : []),
  ];
}

import { OffenderQuery } from '../../src/waf/offender-query';
import { wafLogQueries, wafLogStatements } from '../../src/waf/waf-log-queries';
import { problemsOfSql } from './athena-sql';

const GUARDS = { directHosts: ['ocpp.example.com', '*.direct.example.com'], chargePointHosts: ['ocpp*'] };

test.each(
  [
    ...wafLogQueries('requests'),
    ...wafLogStatements('waf.requests'),
    { name: 'persistent', sql: OffenderQuery.persistentAttackers({ threshold: 6 })._sql('requests', GUARDS) },
    {
      name: 'scanners',
      sql: OffenderQuery.scanners({ threshold: 50 })._sql('requests', { directHosts: ['*'], chargePointHosts: [] }),
    },
  ].map(({ name, sql }) => [name, sql] as const),
)('the query %s is SQL of Athena, and reads some hours only', async (_, sql) => {
  expect(await problemsOfSql(sql)).toEqual([]);
  expect(sql).toMatch(/WHERE dt >= date_format\(date_add\('hour', -\d+, current_timestamp\), '%Y\/%m\/%d\/%H'\)/);
});

test('what is wrong is found', async () => {
  expect(await problemsOfSql('SELECT FROM WHERE')).not.toEqual([]);
  expect(await problemsOfSql('SELECT h.name FROM t CROSS JOIN UNNEST(httprequest.headers) AS t(h)')).toEqual([
    'a struct is unnested as such, which Trino spreads over columns',
  ]);
});

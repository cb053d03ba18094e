/** A query that people choose from a list. */
export interface WafLogQuery {
  readonly name: string;
  readonly description: string;
  readonly sql: string;
}

/** Hours of arrival that a query over the last day reads: records arrive up to an hour after they were made. */
const DAY = 25;

/**
 * SQL over the table of a web ACL's log. It keeps to what Athena and Trino both know: structs are never unnested as such, because
 * Trino spreads their fields over columns.
 */
export function wafLogQueries(table: string): WafLogQuery[] {
  const recent = lastHours(DAY);
  return [
    {
      name: 'top-blocked-addresses',
      description: 'Who was blocked most in the last day, by which rule first, and where from',
      sql: `SELECT httprequest.clientip AS address,
       count(*) AS blocked,
       approx_distinct(httprequest.uri) AS paths,
       max_by(httprequest.country, "timestamp") AS country,
       min_by(terminatingruleid, "timestamp") AS first_rule,
       from_unixtime(max("timestamp") / 1000) AS last_seen
FROM ${table}
WHERE ${recent} AND action = 'BLOCK'
GROUP BY httprequest.clientip
ORDER BY blocked DESC, address
LIMIT 100`,
    },
    {
      name: 'rules',
      description: 'How often each rule blocked in the last day; of a managed group, which of its rules',
      sql: `SELECT terminatingruleid AS rule,
       coalesce(element_at(filter(rulegrouplist, g -> g.terminatingrule IS NOT NULL), 1).terminatingrule.ruleid, '-') AS rule_in_group,
       count(*) AS blocked,
       approx_distinct(httprequest.clientip) AS addresses
FROM ${table}
WHERE ${recent} AND action = 'BLOCK'
GROUP BY 1, 2
ORDER BY blocked DESC`,
    },
    {
      name: 'countries',
      description: 'Requests and the share of blocked ones by country in the last day',
      sql: `SELECT httprequest.country AS country,
       count(*) AS requests,
       count_if(action = 'BLOCK') AS blocked,
       round(100.0 * count_if(action = 'BLOCK') / count(*), 2) AS blocked_percent
FROM ${table}
WHERE ${recent}
GROUP BY httprequest.country
ORDER BY requests DESC`,
    },
    {
      name: 'uris',
      description: 'Which paths are asked for most, and which are attacked, in the last day',
      sql: `SELECT ${HOST} AS host,
       httprequest.uri AS path,
       count(*) AS requests,
       count_if(action = 'BLOCK') AS blocked,
       approx_distinct(httprequest.clientip) AS addresses
FROM ${table}
WHERE ${recent}
GROUP BY 1, 2
ORDER BY blocked DESC, requests DESC
LIMIT 200`,
    },
    {
      name: 'false-positive-candidates',
      description:
        'Rules that matched many different addresses which were otherwise let through: look before you block with them',
      sql: `SELECT label,
       ${HOST} AS host,
       count(*) AS requests,
       approx_distinct(httprequest.clientip) AS addresses,
       count_if(action = 'BLOCK') AS blocked,
       min_by(httprequest.uri, "timestamp") AS example_path,
       min_by(${header('user-agent')}, "timestamp") AS example_user_agent
FROM ${table}
CROSS JOIN UNNEST(transform(labels, x -> x.name)) AS t(label)
WHERE ${recent} AND label LIKE 'awswaf:managed:%'
GROUP BY 1, 2
HAVING approx_distinct(httprequest.clientip) >= 5
ORDER BY addresses DESC`,
    },
    {
      name: 'charge-points',
      description:
        'Connections of charge points in the last day: how often each came, from how many addresses, and what stopped it',
      sql: `SELECT element_at(split(httprequest.uri, '/'), -1) AS station,
       count(*) AS connections,
       approx_distinct(httprequest.clientip) AS addresses,
       count_if(action = 'BLOCK') AS blocked,
       max_by(terminatingruleid, IF(action = 'BLOCK', "timestamp", 0)) AS last_rule,
       max_by(${header('sec-websocket-protocol')}, "timestamp") AS protocol,
       from_unixtime(max("timestamp") / 1000) AS last_seen
FROM ${table}
WHERE ${recent} AND ${header('sec-websocket-protocol')} LIKE 'ocpp%'
GROUP BY 1
ORDER BY connections DESC
LIMIT 1000`,
    },
    {
      name: 'cost',
      description: 'Requests that were charged for by hour in the last day, and the oversized bodies among them',
      sql: `SELECT dt AS hour,
       httpsourcename AS source,
       count(*) AS requests,
       count_if(cardinality(oversizefields) > 0) AS oversized,
       round(count(*) * 0.0000006, 4) AS request_price_usd
FROM ${table}
WHERE ${recent}
GROUP BY 1, 2
ORDER BY 1 DESC, 3 DESC`,
    },
  ];
}

/** Statements with a place for a value, for `EXECUTE`. Their names have letters, digits and underscores only. */
export function wafLogStatements(table: string): WafLogQuery[] {
  return [
    {
      name: 'requests_of_address',
      description: "Last 500 requests of one address in the last day: EXECUTE requests_of_address USING '203.0.113.7'",
      sql: `SELECT from_unixtime("timestamp" / 1000) AS time, action, terminatingruleid, httprequest.httpmethod AS method,
       ${HOST} AS host, httprequest.uri AS path, transform(labels, x -> x.name) AS labels
FROM ${table}
WHERE ${lastHours(DAY)} AND httprequest.clientip = ?
ORDER BY "timestamp" DESC
LIMIT 500`,
    },
    {
      name: 'connections_of_station',
      description:
        "Last 500 connections of one charge point in the last day: EXECUTE connections_of_station USING 'CP-00042'",
      sql: `SELECT from_unixtime("timestamp" / 1000) AS time, action, terminatingruleid, httprequest.clientip AS address,
       ${header('user-agent')} AS user_agent, ${header('sec-websocket-protocol')} AS protocol
FROM ${table}
WHERE ${lastHours(DAY)} AND element_at(split(httprequest.uri, '/'), -1) = ?
ORDER BY "timestamp" DESC
LIMIT 500`,
    },
  ];
}

/** Only partitions of the last hours are read; both sides are text in UTC. */
export function lastHours(hours: number): string {
  return `dt >= date_format(date_add('hour', -${hours}, current_timestamp), '%Y/%m/%d/%H')`;
}

function header(name: string): string {
  return `element_at(filter(httprequest.headers, h -> lower(h.name) = '${name}'), 1).value`;
}

const HOST = header('host');

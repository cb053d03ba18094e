import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { OffenderQuery } from '../../src/waf/offender-query';
import { WafLogDelivery } from '../../src/waf/waf-log-delivery';
import { wafLogQueries, wafLogStatements } from '../../src/waf/waf-log-queries';
import { describeWith, EMULATOR, TRINO } from '../support/engines';
import { wafLine } from '../support/waf-logs';
import { type DeployedWafLog, WafLogDeployment } from './deployed-waf-log';

const MANAGED = 'AWSManagedRulesCommonRuleSet';
const LABEL = 'awswaf:managed:aws:core-rule-set:NoUserAgent_Header';
const FIREHOSE = 'WafLogs';
const DIRECT = 'DirectLogs';

describeWith([EMULATOR, TRINO], 'SQL of the log analytics on Trino, over what was deployed and delivered', () => {
  let deployment: WafLogDeployment;
  const now = Date.now();

  beforeAll(async () => {
    deployment = await WafLogDeployment.start(fs.mkdtempSync(path.join(os.tmpdir(), 'athena-')), {
      [FIREHOSE]: WafLogDelivery.firehose(),
      [DIRECT]: WafLogDelivery.directToS3(),
    });
    const attack = { timestamp: now, clientIp: '203.0.113.7', action: 'BLOCK', rule: MANAGED, country: 'FR' };
    const station = { timestamp: now, host: 'ocpp.example.com', labels: [LABEL] };
    const browser = [
      { name: 'Host', value: 'api.example.com:443' },
      { name: 'User-Agent', value: 'Mozilla/5.0' },
    ];
    const lines = [
      ...[0, 1, 2].map((path) => wafLine({ ...attack, uri: `/admin/${path}`, headers: browser })),
      wafLine({ ...attack, clientIp: '203.0.113.8', headers: browser }),
      wafLine({ ...attack, clientIp: '203.0.113.9', rule: 'BlockedAddresses', headers: browser }),
      wafLine({ ...attack, clientIp: '203.0.113.7', host: 'ocpp.example.com', uri: '/ocpp/CP-1' }),
      ...[1, 2, 3, 4, 5, 6].map((ip) => wafLine({ ...station, clientIp: `31.4.240.${ip}`, uri: `/ocpp/CP-${ip % 2}` })),
      wafLine({ timestamp: now, clientIp: '83.45.1.2', headers: browser, counted: ['AllowedAddresses'] }),
    ];
    await deployment.log(FIREHOSE).put(lines);
    await deployment.log(DIRECT).put(lines);
  }, 600_000);
  afterAll(() => deployment?.stop(), 30_000);

  const guards = { directHosts: ['*.example.com'], chargePointHosts: ['ocpp*'] };
  const queries = [
    ...wafLogQueries('requests'),
    ...wafLogStatements('requests'),
    { name: 'scanners', sql: OffenderQuery.scanners({ threshold: 2 })._sql('requests', guards) },
    { name: 'persistent-attackers', sql: OffenderQuery.persistentAttackers({ threshold: 2 })._sql('requests', guards) },
  ];

  describe.each([
    ['Firehose', FIREHOSE],
    ['WAF itself', DIRECT],
  ])('delivered by %s', (_, id) => {
    let log: DeployedWafLog;
    beforeAll(() => {
      log = deployment.log(id);
    });
    const run = async (name: string) => {
      const found = queries.find((query) => query.name === name)?.sql as string;
      return (await log.query(found)).rows;
    };

    test.each(queries.map(({ name, sql }) => [name, sql]))('%s is valid against the deployed table', async (_, sql) => {
      const { rows } = await log.query(`EXPLAIN (TYPE VALIDATE) ${sql.replaceAll('?', "'x'")}`);
      expect(rows).toEqual([[true]]);
    });

    test('top-blocked-addresses', async () => {
      expect((await run('top-blocked-addresses')).map((row) => row.slice(0, 5))).toEqual([
        ['203.0.113.7', 4, 4, 'FR', MANAGED],
        ['203.0.113.8', 1, 1, 'FR', MANAGED],
        ['203.0.113.9', 1, 1, 'FR', 'BlockedAddresses'],
      ]);
    });

    test('rules, with the rule inside of a managed group', async () => {
      expect(await run('rules')).toEqual([
        [MANAGED, 'GenericLFI_URIPATH', 5, 2],
        ['BlockedAddresses', '-', 1, 1],
      ]);
    });

    test('countries', async () => {
      expect(await run('countries')).toEqual([
        ['ES', 7, 0, '0.0'],
        ['FR', 6, 6, '100.0'],
      ]);
    });

    test('uris', async () => {
      expect((await run('uris')).slice(0, 2).map(([host, , , blocked]) => [host, blocked])).toEqual([
        ['api.example.com:443', 2],
        expect.anything(),
      ]);
    });

    test('false-positive-candidates', async () => {
      expect(await run('false-positive-candidates')).toEqual([
        [LABEL, 'ocpp.example.com', 6, 6, 0, expect.stringMatching(/^\/ocpp\/CP-/), 'EVSE/1.6J'],
      ]);
    });

    test('charge-points', async () => {
      expect((await run('charge-points')).map((row) => row.slice(0, 6))).toEqual([
        ['CP-1', 4, 4, 1, MANAGED, 'ocpp1.6'],
        ['CP-0', 3, 3, 0, 'Default_Action', 'ocpp1.6'],
      ]);
    });

    test('cost', async () => {
      expect((await run('cost')).reduce((sum, row) => sum + Number(row[2]), 0)).toBe(13);
    });

    test('statements with a value', async () => {
      const [address, station] = wafLogStatements('requests').map(({ sql }) => sql);
      expect((await log.query(address.replace('?', "'203.0.113.8'"))).rows).toHaveLength(1);
      expect((await log.query(station.replace('?', "'CP-0'"))).rows).toHaveLength(3);
    });

    test('offenders are those whom no guard holds', async () => {
      expect(await run('scanners')).toEqual([['203.0.113.7', 3]]);
      expect(await run('persistent-attackers')).toEqual([]);
    });

    test('the parser was woken and has counted', async () => {
      const counts = await log.counts(30);
      expect(counts).toContain('203.0.113.7');
      expect(counts).not.toContain('203.0.113.9');
    });
  });

  test('the stream wrote Parquet by the hour, and beside it the records as they came', async () => {
    const log = deployment.log(FIREHOSE);
    expect((await log.keys('parquet/')).every((key) => /^parquet\/\d{4}\/\d\d\/\d\d\/\d\d\/[^/]+$/.test(key))).toBe(
      true,
    );
    expect(await log.keys('parquet/')).not.toEqual([]);
    expect((await log.keys('source/')).every((key) => key.endsWith('.gz'))).toBe(true);
    expect(await log.keys('errors/')).toEqual([]);
  });

  test('the bucket that WAF writes to has a name that WAF takes', () => {
    expect(deployment.log(DIRECT).bucket).toMatch(/^aws-waf-logs-.+-111122223333-eu-south-2-an$/);
  });

  test('a line that WAF would not write spoils no query of its object', async () => {
    const log = deployment.log(DIRECT);
    const dt = new Date(now - 40 * 86_400_000).toISOString().slice(0, 13).replace(/[-T]/g, '/');
    await log.store(
      `${log.wafLogs.sourcePrefix}${dt}/05/torn.log.gz`,
      gzipSync(`${wafLine({ timestamp: now, clientIp: '203.0.113.7' })}\n{"timestamp": 17, "act\n`),
    );
    const { rows } = await log.query(
      `SELECT httprequest.clientip FROM requests WHERE dt = '${dt}' AND httprequest.clientip IS NOT NULL`,
    );
    expect(rows).toEqual([['203.0.113.7']]);
  });

  test('a file that cannot be unpacked is given up after its attempts, and the dead-letter queue tells its key', async () => {
    const log = deployment.log(FIREHOSE);
    const whole = gzipSync(wafLine({ timestamp: now, clientIp: '203.0.113.7' }));
    await log.store('source/corrupt.gz', whole.subarray(0, whole.length / 2));
    await log.tellParser('source/corrupt.gz');

    const message = await log.deadLetter(45);
    expect(JSON.parse(message as string).requestPayload.detail.object).toEqual({ key: 'source/corrupt.gz' });
    expect(message).toContain(`s3://${log.bucket}/source/corrupt.gz could not be read: unexpected end of file`);
  });

  test.each([
    ['Firehose', FIREHOSE, (dt: string) => `parquet/${dt}/copy`],
    ['WAF itself', DIRECT, (dt: string, folder: string) => `${folder}${dt}/55/copy.log.gz`],
  ])('only the partitions that are asked for are read, delivered by %s', async (_, id, keyOf) => {
    const log = deployment.log(id);
    const folder = id === DIRECT ? log.wafLogs.sourcePrefix : 'parquet/';
    const [key] = (await log.keys(folder)).reverse();
    const hours = Array.from({ length: 23 }, (_, hour) => new Date(now - (hour + 2) * 3_600_000));
    for (const hour of hours) {
      const dt = hour.toISOString().slice(0, 13).replace(/[-T]/g, '/');
      await log.copy(key, keyOf(dt, folder));
    }
    const oldest = hours[22].toISOString().slice(0, 13).replace(/[-T]/g, '/');
    const all = 'SELECT count(*), count(httprequest.clientip) FROM requests';
    const one = await log.query(`${all} WHERE dt = '${oldest}'`);
    const everything = await log.query(`${all} WHERE dt >= '${oldest}'`);
    expect(one.bytes).toBeGreaterThan(0);
    expect(one.bytes).toBeLessThan(everything.bytes / 20);
    const paths = await log.query(`SELECT DISTINCT "$path" FROM requests WHERE dt = '${oldest}'`);
    expect(paths.rows).toEqual([[expect.stringContaining(keyOf(oldest, folder))]]);
  });
});

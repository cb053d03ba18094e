import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateTableCommand, GlueClient } from '@aws-sdk/client-glue';
import { WAF_LOG_COLUMNS } from '../../src/waf/waf-log-columns';
import { WafLogDelivery } from '../../src/waf/waf-log-delivery';
import { type DeployedWafLog, WafLogDeployment } from '../engines/deployed-waf-log';
import { EMULATOR } from '../support/engines';
import { run } from '../support/engines/run';
import { wafTraffic } from '../support/waf-logs';
import type { Benchmark, BenchmarkRow } from './benchmark';

const HOURS = 24;
const LINES = 20_000;
const HOUR_MS = 3_600_000;
const TOP_BLOCKED = `SELECT httprequest.clientip, count(*) FROM TABLE
WHERE action = 'BLOCK' AND WHEN GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 100`;

/** What Athena is paid by: bytes of objects that are read, by Trino through the deployed table. */
export const benchmark: Benchmark = {
  name: 'Bytes that Athena scans',
  async run(): Promise<BenchmarkRow[]> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'athena-bytes-'));
    const deployment = await WafLogDeployment.start(folder, { WafLogs: WafLogDelivery.firehose() });
    try {
      const log = deployment.log('WafLogs');
      const day = await writeDay(log, folder);
      await defineJsonTable(log);
      const from = day + 12 * HOUR_MS;
      const ask = async (table: string, when: string) => {
        const { bytes, rows } = await log.query(TOP_BLOCKED.replace('TABLE', table).replace('WHEN', when));
        return { bytes, answer: JSON.stringify(rows) };
      };
      const json = await ask('day_as_json', `"timestamp" BETWEEN ${from} AND ${from + HOUR_MS - 1}`);
      const parquet = await ask('requests', `dt BETWEEN '${hourOf(day)}' AND '${hourOf(day + 23 * HOUR_MS)}'`);
      const hour = await ask('requests', `dt = '${hourOf(from)}'`);
      if (json.answer !== hour.answer || json.answer === '[]') {
        throw new Error('the tables do not answer alike');
      }
      const row = (what: string, ours: number, reference: number, against: string, atMost: number): BenchmarkRow => ({
        what,
        ours,
        reference,
        unit: 'bytes',
        against,
        goal: { atMost },
      });
      return [
        row(
          'top blocked addresses of one hour',
          hour.bytes,
          json.bytes,
          'the same over a day of gzip JSON without partitions',
          0.01,
        ),
        row('of that, by columns: the day as Parquet', parquet.bytes, json.bytes, 'the day as gzip JSON', 0.25),
        row('of that, by partitions: one hour', hour.bytes, parquet.bytes, 'the day as Parquet', 0.05),
      ];
    } finally {
      await deployment.stop();
    }
  },
};

/**
 * Yesterday, an object for each hour, once as the deployed table has it and once as gzip JSON below one prefix. The emulator's own stream would take
 * minutes to convert a day; that the real table reads what the stream writes is the business of `test/engines/athena.test.ts`. Gives the day's beginning.
 */
async function writeDay(log: DeployedWafLog, folder: string): Promise<number> {
  const day = Math.floor(Date.now() / (HOURS * HOUR_MS) - 1) * HOURS * HOUR_MS;
  const json = path.join(folder, 'hour.json.gz');
  const parquet = path.join(folder, 'hour.parquet');
  for (let hour = 0; hour < HOURS; hour++) {
    const start = day + hour * HOUR_MS;
    const lines = [...wafTraffic({ lines: LINES, addresses: 3_000, start, spanMs: HOUR_MS, seed: hour + 1 })];
    fs.writeFileSync(json, gzipSync(`${lines.join('\n')}\n`));
    await run(EMULATOR.program('python'), [path.join(__dirname, 'json-to-parquet.py'), json, parquet]);
    await log.store(`json/${hour}.gz`, fs.readFileSync(json));
    await log.store(`parquet/${hourOf(start)}/requests.parquet`, fs.readFileSync(parquet));
  }
  return day;
}

/** How a log lies that was delivered to S3 and read as it is. */
async function defineJsonTable(log: DeployedWafLog): Promise<void> {
  await new GlueClient(log.clientConfig).send(
    new CreateTableCommand({
      DatabaseName: log.wafLogs.databaseName,
      TableInput: {
        Name: 'day_as_json',
        TableType: 'EXTERNAL_TABLE',
        Parameters: { EXTERNAL: 'TRUE' },
        StorageDescriptor: {
          Location: `s3://${log.bucket}/json/`,
          Columns: WAF_LOG_COLUMNS.map(({ name, type }) => ({ Name: name, Type: type })),
          InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          NumberOfBuckets: -1,
          SerdeInfo: { SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
        },
      },
    }),
  );
}

function hourOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 13).replace(/[-T]/g, '/');
}

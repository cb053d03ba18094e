import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CreateTableCommand, GlueClient } from '@aws-sdk/client-glue';
import { WAF_LOG_COLUMNS } from '../../src/waf/waf-log-columns';
import { DeployedWafLog } from '../engines/deployed-waf-log';
import { wafTraffic } from '../support/waf-logs';
import type { Benchmark, BenchmarkRow } from './benchmark';

const HOURS = 24;
const LINES_PER_HOUR = 5_000;
const HOUR_MS = 3_600_000;

/** What one question about one hour of a day reads, against the same question over the day as gzip JSON, which is what many keep. */
export const benchmark: Benchmark = {
  name: 'Bytes that Athena is paid for',
  async run(): Promise<BenchmarkRow[]> {
    const log = await DeployedWafLog.start(fs.mkdtempSync(path.join(os.tmpdir(), 'waf-athena-')));
    try {
      const hours = await fillDay(log);
      await createJsonTable(log);
      return await compare(log, hours[HOURS / 2]);
    } finally {
      await log.stop();
    }
  },
};

/** One hour is written by the stream; the others are copies of it, which is as good for bytes. */
async function fillDay(log: DeployedWafLog): Promise<string[]> {
  const start = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  await log.put([...wafTraffic({ lines: LINES_PER_HOUR, addresses: 2_000, start, spanMs: HOUR_MS })]);
  const [parquet, source] = [await log.keys('parquet/'), await log.keys('source/')];
  const hours = Array.from({ length: HOURS }, (_, hour) =>
    new Date(start - (hour + 2) * HOUR_MS).toISOString().slice(0, 13).replace(/[-T]/g, '/'),
  );
  for (const hour of hours) {
    for (const [index, key] of parquet.entries()) {
      await log.copy(key, `parquet/${hour}/${index}`);
    }
    for (const [index, key] of source.entries()) {
      await log.copy(key, `json/${hour.replaceAll('/', '-')}-${index}.gz`);
    }
  }
  return hours;
}

/** The untouched records as a table without partitions. */
async function createJsonTable(log: DeployedWafLog): Promise<void> {
  const glue = new GlueClient(log.clientConfig);
  await glue.send(
    new CreateTableCommand({
      DatabaseName: log.wafLogs.databaseName,
      TableInput: {
        Name: 'json',
        TableType: 'EXTERNAL_TABLE',
        Parameters: { EXTERNAL: 'TRUE' },
        PartitionKeys: [],
        StorageDescriptor: {
          Columns: WAF_LOG_COLUMNS.map(({ name, type }) => ({ Name: name, Type: type })),
          Location: `s3://${log.bucket}/json/`,
          InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          NumberOfBuckets: -1,
          SerdeInfo: { SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
        },
      },
    }),
  );
}

async function compare(log: DeployedWafLog, hour: string): Promise<BenchmarkRow[]> {
  const blocked = "SELECT httprequest.clientip, count(*) FROM requests WHERE action = 'BLOCK'";
  const one = await log.query(`${blocked} AND dt = '${hour}' GROUP BY 1`);
  const day = await log.query(`${blocked} AND dt >= '0' GROUP BY 1`);
  const whole = await log.query(`SELECT * FROM requests WHERE dt = '${hour}'`);
  const json = await log.query("SELECT httprequest.clientip, count(*) FROM json WHERE action = 'BLOCK' GROUP BY 1");
  const row = (what: string, ours: number, reference: number, against: string, atMost: number): BenchmarkRow => ({
    what,
    ours: ours / 1024,
    reference: reference / 1024,
    unit: 'KiB',
    against,
    goal: { atMost },
  });
  return [
    row('blocked addresses of one hour', one.bytes, json.bytes, 'the same over a day of gzip JSON', 0.01),
    row('of which partitions: one hour', one.bytes, day.bytes, 'all hours, the same columns', 1.5 / HOURS),
    row('of which columns: two of them', one.bytes, whole.bytes, 'all columns of the same hour', 0.5),
  ];
}

import type * as glue from 'aws-cdk-lib/aws-glue';
import { PARQUET_PREFIX } from './log-constants';
import { WAF_LOG_COLUMNS } from './waf-log-columns';

/** How the log lies in the bucket. */
export interface WafLogFormat {
  readonly prefix: string;
  readonly partitionFormat: string;
  readonly columns: glue.CfnTable.ColumnProperty[];
  readonly inputFormat: string;
  readonly outputFormat: string;
  readonly serializationLibrary: string;
  readonly parameters: Record<string, string>;
}

/** What Firehose converts the records to. */
export const PARQUET: WafLogFormat = {
  prefix: PARQUET_PREFIX,
  partitionFormat: 'yyyy/MM/dd/HH',
  columns: WAF_LOG_COLUMNS,
  inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
  outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
  parameters: { classification: 'parquet' },
};

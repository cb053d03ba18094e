import type * as glue from 'aws-cdk-lib/aws-glue';

/** How the objects of the log are written. */
export interface WafLogFormat {
  readonly classification: string;
  readonly inputFormat: string;
  readonly outputFormat: string;
  readonly serde: glue.CfnTable.SerdeInfoProperty;
}

/** What Firehose converts the records to. */
export const PARQUET: WafLogFormat = {
  classification: 'parquet',
  inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
  outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  serde: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
};

/** What WAF writes. The names of the log differ from the columns' in case only, which this reader does not mind. */
export const JSON_LINES: WafLogFormat = {
  classification: 'json',
  inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
  serde: {
    serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
    // One bad line must not spoil each query; the parser counts it.
    parameters: { 'ignore.malformed.json': 'true' },
  },
};

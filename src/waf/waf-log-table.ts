import { type Duration, Names, Stack } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { WAF_LOG_COLUMNS } from './waf-log-columns';
import type { WafLogFormat } from './waf-log-format';

export interface WafLogTableProps {
  readonly bucket: s3.IBucket;
  /** Below it lies a folder for each hour. */
  readonly prefix: string;
  readonly retention: Duration;
  readonly format: WafLogFormat;
}

/** Where Athena finds the log: a table whose partitions are computed, so that nothing must add them. */
export class WafLogTable extends Construct {
  public readonly databaseName: string;
  public readonly tableName = 'requests';
  public readonly resource: glue.CfnTable;
  public readonly prefix: string;

  constructor(scope: Construct, id: string, props: WafLogTableProps) {
    super(scope, id);
    const { bucket, prefix, format } = props;
    this.prefix = prefix;
    const catalogId = Stack.of(this).account;
    // SQL names it, so it is lower case, without hyphens and known while queries are written.
    this.databaseName = Names.uniqueResourceName(this, {
      maxLength: 200,
      separator: '_',
      allowedSpecialCharacters: '_',
    }).toLowerCase();
    const database = new glue.CfnDatabase(this, 'Database', {
      catalogId,
      databaseInput: { name: this.databaseName, description: 'Requests that a web ACL saw' },
    });
    this.resource = new glue.CfnTable(this, 'Requests', {
      catalogId,
      databaseName: database.ref,
      tableInput: {
        name: this.tableName,
        description: 'One row per request; dt is the hour of arrival in UTC, yyyy/MM/dd/HH',
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: [{ name: 'dt', type: 'string' }],
        parameters: {
          EXTERNAL: 'TRUE',
          'projection.enabled': 'true',
          'projection.dt.type': 'date',
          'projection.dt.format': 'yyyy/MM/dd/HH',
          'projection.dt.interval': '1',
          'projection.dt.interval.unit': 'HOURS',
          'projection.dt.range': `NOW-${props.retention.toDays()}DAYS,NOW`,
          'storage.location.template': `s3://${bucket.bucketName}/${prefix}\${dt}/`,
          classification: format.classification,
        },
        storageDescriptor: {
          location: `s3://${bucket.bucketName}/${prefix}`,
          columns: WAF_LOG_COLUMNS,
          inputFormat: format.inputFormat,
          outputFormat: format.outputFormat,
          // Said, because not every reader takes a missing number for none.
          numberOfBuckets: -1,
          serdeInfo: format.serde,
        },
      },
    });
  }

  /** What Firehose and Athena must be let read to know the table. */
  public get arns(): string[] {
    const stack = Stack.of(this);
    const arn = (resource: string, resourceName?: string) =>
      stack.formatArn({ service: 'glue', resource, resourceName });
    return [arn('catalog'), arn('database', this.databaseName), arn('table', `${this.databaseName}/${this.tableName}`)];
  }
}

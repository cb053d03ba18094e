import { Names, type Size, Stack } from 'aws-cdk-lib';
import * as athena from 'aws-cdk-lib/aws-athena';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { RESULT_PREFIX } from './log-constants';
import { wafLogQueries, wafLogStatements } from './waf-log-queries';
import type { WafLogTable } from './waf-log-table';

export interface WafLogWorkgroupProps {
  readonly description: string;
  readonly bucket: s3.IBucket;
  readonly encryptionKey: kms.IKey;
  readonly scanLimit: Size;
}

/** Where queries run: results encrypted, bytes limited, and no client may choose otherwise. */
export class WafLogWorkgroup extends Construct {
  public readonly name: string;
  public readonly resource: athena.CfnWorkGroup;

  public readonly arn: string;

  constructor(scope: Construct, id: string, props: WafLogWorkgroupProps) {
    super(scope, id);
    this.name = Names.uniqueResourceName(this, { maxLength: 128, separator: '-' });
    this.resource = new athena.CfnWorkGroup(this, 'Resource', {
      name: this.name,
      description: props.description,
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: props.scanLimit.toBytes(),
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${props.bucket.bucketName}/${RESULT_PREFIX}${id.toLowerCase()}/`,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: props.encryptionKey.keyArn },
        },
      },
    });
    this.arn = Stack.of(this).formatArn({ service: 'athena', resource: 'workgroup', resourceName: this.name });
  }
}

/** The questions that people find in their work group. */
export function defineNamedQueries(scope: Construct, workgroup: WafLogWorkgroup, table: WafLogTable): void {
  for (const { name, description, sql } of wafLogQueries(table.tableName)) {
    const query = new athena.CfnNamedQuery(scope, `Query-${name}`, {
      name,
      description,
      database: table.databaseName,
      workGroup: workgroup.name,
      queryString: sql,
    });
    query.addResourceDependency(workgroup.resource);
  }
  for (const { name, description, sql } of wafLogStatements(`${table.databaseName}.${table.tableName}`)) {
    const statement = new athena.CfnPreparedStatement(scope, `Statement-${name}`, {
      statementName: name,
      description,
      workGroup: workgroup.name,
      queryStatement: sql,
    });
    statement.addResourceDependency(workgroup.resource);
  }
}

import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { LEASE_KEY, LEASE_TTL } from './constants';

/** The table in which a machine takes the lease of one job at one time of its calendar; whoever writes first runs it. */
export function defineLeaseTable(scope: Construct, id: string, encryptionKey: kms.IKey): dynamodb.TableV2 {
  const table = new dynamodb.TableV2(scope, id, {
    partitionKey: { name: LEASE_KEY, type: dynamodb.AttributeType.STRING },
    timeToLiveAttribute: LEASE_TTL,
    billing: dynamodb.Billing.onDemand(),
    encryption: dynamodb.TableEncryptionV2.customerManagedKey(encryptionKey),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledge(
    table,
    'A lease is worth something for the length of one run; restoring old ones would only keep jobs from running',
    'AwsSolutions-DDB3',
    ...['NIST.800.53.R5-', 'PCI.DSS.321-'].flatMap((pack) => [
      `${pack}DynamoDBInBackupPlan`,
      `${pack}DynamoDBPITREnabled`,
    ]),
  );
  return table;
}

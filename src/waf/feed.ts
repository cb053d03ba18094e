import { Duration, Stack } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { FunctionScheduler } from '../private/function-scheduler';
import { PlatformFunction } from '../private/functions';
import type { PrefixBounds } from './entries';
import { FeedFunction } from './feed-function';
import * as constants from './ip-constants';
import type { IpFeed } from './ip-feed';

export interface FeedReaderProps {
  readonly table: dynamodb.TableV2;
  readonly feeds: readonly IpFeed[];
  readonly bounds: PrefixBounds;
  readonly encryptionKey: kms.IKey;
  /** Value of the metrics' dimension. */
  readonly name: string;
}

/** Fetches feeds on their schedules and writes their networks to the table. */
export class FeedReader extends Construct {
  public readonly function: PlatformFunction;

  constructor(scope: Construct, id: string, props: FeedReaderProps) {
    super(scope, id);
    this.function = new PlatformFunction(this, 'Reader', {
      code: FeedFunction,
      description: 'Fetches lists of addresses and writes them to the table of IP entries',
      encryptionKey: props.encryptionKey,
      timeout: Duration.minutes(5),
      memorySize: 512,
      environment: {
        [constants.ENTRY_TABLE_NAME_ENV]: props.table.tableName,
        [constants.IP_ACCESS_NAME_ENV]: props.name,
        [constants.PREFIX_BOUNDS_ENV]: Stack.of(this).toJsonString(props.bounds),
      },
    });
    this.function.allow(
      ['dynamodb:BatchWriteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan'],
      [props.table.tableArn],
    );
    const schedules = new FunctionScheduler(this, 'Schedules', this.function, props.encryptionKey);
    for (const feed of props.feeds) {
      schedules.add(feed.name, {
        description: `Fetches the feed ${feed.name}`,
        schedule: feed.schedule,
        input: feed._settings(),
        jitter: Duration.minutes(15),
      });
    }
  }
}

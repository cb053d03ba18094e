import { Names, RemovalPolicy, Stack, Token, Tokenization } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct, type IConstruct } from 'constructs';
import type { IOperatorAlerts } from '../monitoring/api';
import { acrossRegions } from '../private/cross-region';
import { defineKey } from '../private/encryption';
import { pinFeatureFlags } from '../private/feature-flags';
import { DEFAULT_BOUNDS, ENTRY_PARTITION_KEY, ENTRY_SORT_KEY, ENTRY_TTL_ATTRIBUTE } from './entries';
import { EntryApi } from './entry-api';
import { FeedReader } from './feed';
import { ApiGatewayLogRole } from './ip-api-log-role';
import * as constants from './ip-constants';
import { IpFeed } from './ip-feed';
import { targetsOf } from './ip-sets';
import type { PlatformWebAcl } from './platform-web-acl';
import { defineIpAccessAlarms } from './waf-ip-access-alarms';
import { IpAccessMetrics } from './waf-ip-access-metrics';
import {
  validateBounds,
  validateFeeds,
  validateNeverBlock,
  validateWebAclRegions,
  validateWebAcls,
} from './waf-ip-access-validation';
import { IpSetWriter } from './writer';

/** Properties of `WafIpAccess`. */
export interface WafIpAccessProps {
  /** Web ACLs whose IP lists are kept, 1 to 5: regional ones of this stack's region, and any of scope CLOUDFRONT. */
  readonly webAcls: PlatformWebAcl[];
  /**
   * Published lists that are fetched on a schedule, up to 20. CloudFront's ranges, which are never blocked, always are.
   * @default []
   */
  readonly feeds?: IpFeed[];
  /**
   * Addresses and CIDRs that are never blocked, up to 50: the platform's own egress (`network.egressAddresses`), and of its VPC,
   * peers and offices what is not private. Private and reserved networks and CloudFront's ranges never are.
   * @default []
   */
  readonly neverBlock?: string[];
  /**
   * Shortest IPv4 prefix of an entry, 1 to 32: wider networks are refused by the manual API and left out of feeds.
   * @default 8
   */
  readonly shortestIpv4Prefix?: number;
  /**
   * Shortest IPv6 prefix of an entry, 1 to 128: wider networks are refused by the manual API and left out of feeds.
   * @default 16
   */
  readonly shortestIpv6Prefix?: number;
  /**
   * Whether IP sets stay as they are and the writer's log tells what it would change: to look at feeds before they block.
   * @default false
   */
  readonly dryRun?: boolean;
  /**
   * Whether this construct also sets the role by which API Gateway writes logs, of which an account has one per region. The
   * manual API cannot be deployed where there is none. Leave it off where something else set it already.
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
   * @default false
   */
  readonly setApiGatewayLogRole?: boolean;
  /**
   * Key that encrypts the entries, the messages and the logs. It must let CloudWatch Logs use it.
   * @default - a key with rotation is defined, kept on removal
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Where alarms go.
   * @default - no alarms are defined
   */
  readonly alerts?: IOperatorAlerts;
}

/**
 * Who may talk to the platform, address by address: one table of entries, filled by people, feeds and log analytics, and one
 * writer that keeps the IP sets of web ACLs equal to it.
 *
 * The table is kept on removal, with deletion protection and 35 days of point-in-time recovery; the access log and the audit of
 * the manual API, the log of changes and the key are kept too. The rest goes. A change of the table's keys would replace it; no property of this construct does.
 */
export class WafIpAccess extends Construct {
  /** Every entry with list, reason, actor and end, one item per network and source. */
  public readonly entryTable: dynamodb.ITableV2;
  /** Gets one message per run that changed IP sets, with counts. Subscribe to be told. */
  public readonly changeTopic: sns.ITopic;
  /** Address of the manual API. Requests are signed with IAM credentials. */
  public readonly manualApiUrl: string;
  /** Key that encrypts the entries, the messages and the logs. */
  public readonly encryptionKey: kms.IKey;
  private readonly api: EntryApi;
  private readonly metrics: IpAccessMetrics;
  private readonly neverBlock: readonly string[];

  constructor(scope: Construct, id: string, props: WafIpAccessProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const feeds = [IpFeed.cloudFrontRanges(), ...(props.feeds ?? [])];
    const bounds = {
      ipv4: props.shortestIpv4Prefix ?? DEFAULT_BOUNDS.ipv4,
      ipv6: props.shortestIpv6Prefix ?? DEFAULT_BOUNDS.ipv6,
    };
    const neverBlock = props.neverBlock ?? [];
    validateWebAcls(this, props.webAcls);
    validateWebAclRegions(this, props.webAcls);
    validateFeeds(this, feeds);
    validateNeverBlock(this, neverBlock);
    validateBounds(this, bounds);

    const name = Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
    const encryptionKey = props.encryptionKey ?? defineKey(this, 'Key', 'IP entries, their change messages and logs');
    const table = defineTable(this, encryptionKey);
    const changeTopic = new sns.Topic(this, 'Changes', { masterKey: encryptionKey, enforceSSL: true });
    const writer = new IpSetWriter(this, 'IpSets', {
      table,
      targets: props.webAcls.flatMap((webAcl) => targetsOf(this, webAcl)),
      neverBlock,
      bounds,
      dryRun: props.dryRun ?? false,
      changeTopic,
      encryptionKey,
      name,
    });
    const reader = new FeedReader(this, 'Feeds', { table, feeds, bounds, encryptionKey, name });
    this.api = new EntryApi(this, 'Manual', { table, neverBlock, bounds, encryptionKey });
    if (props.setApiGatewayLogRole ?? false) {
      this.api.logWith(new ApiGatewayLogRole(this, 'ApiGatewayLogRole'));
    }
    this.metrics = new IpAccessMetrics(name);
    defineIpAccessAlarms(this, {
      alerts: props.alerts,
      metrics: this.metrics,
      writer: writer.function,
      reader: reader.function,
      api: this.api,
      feeds,
    });

    this.entryTable = table;
    this.changeTopic = changeTopic;
    this.manualApiUrl = this.api.api.url;
    this.encryptionKey = encryptionKey;
    this.neverBlock = neverBlock;
  }

  /** Lets `grantee` allow, block, list, explain and remove addresses through the manual API. */
  public grantOperate(grantee: iam.IGrantable): iam.Grant {
    return this.grantCalls(grantee, this.api.callArns('operate'));
  }

  /** Lets `grantee` list and explain entries through the manual API, and change nothing. */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.grantCalls(grantee, this.api.callArns('read'));
  }

  /** Entries in force. */
  public metricLiveEntries(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.of(constants.LIVE_ENTRIES_METRIC, 'Maximum', options);
  }

  /** Entries that found no room in a full IP set. */
  public metricCutEntries(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.of(constants.CUT_ENTRIES_METRIC, 'Maximum', options);
  }

  /** IP sets that were changed. */
  public metricChangedSets(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.of(constants.CHANGED_SETS_METRIC, 'Sum', options);
  }

  /** IP sets that could not be brought up to date. */
  public metricFailedSets(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.of(constants.FAILED_SETS_METRIC, 'Sum', options);
  }

  /** Seconds since the last good list of `feed`. */
  public metricFeedAge(feed: IpFeed, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.ofFeed(feed, constants.FEED_AGE_METRIC, 'Maximum', options);
  }

  /** Networks in the last good list of `feed`. */
  public metricFeedEntries(feed: IpFeed, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.ofFeed(feed, constants.FEED_ENTRIES_METRIC, 'Maximum', options);
  }

  /** Runs of `feed` whose list did not arrive or was refused. */
  public metricFeedFailures(feed: IpFeed, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.ofFeed(feed, constants.FEED_FAILURES_METRIC, 'Sum', options);
  }

  /**
   * Lets a function, of this stack or of us-east-1, add up offenders in the table. Gives the environment that tells it where, and
   * whom it need not enter.
   * @internal
   */
  public _allowEntryWrites(writer: EntryWriter): Record<string, string> {
    const { attrArn, ref } = this.entryTable.node.defaultChild as dynamodb.CfnGlobalTable;
    writer.allow(['dynamodb:UpdateItem'], [acrossRegions(writer, this, attrArn)]);
    writer.allow(['kms:Decrypt'], [acrossRegions(writer, this, keyArnOf(this.encryptionKey))]);
    return {
      [constants.ENTRY_TABLE_NAME_ENV]: acrossRegions(writer, this, ref),
      [constants.ENTRY_TABLE_REGION_ENV]: Stack.of(this).region,
      [constants.NEVER_BLOCK_ENV]: Stack.of(writer).toJsonString(this.neverBlockFor(writer)),
    };
  }

  /** Text put together from values of another region cannot be told; the writer of the sets cuts such networks out all the same. */
  private neverBlockFor(writer: EntryWriter): string[] {
    const isNear = Stack.of(writer).region === Stack.of(this).region;
    return this.neverBlock
      .filter(
        (network) => isNear || Tokenization.reverse(network, { failConcat: false }) || !Token.isUnresolved(network),
      )
      .map((network) => acrossRegions(writer, this, network));
  }

  private grantCalls(grantee: iam.IGrantable, resourceArns: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns });
  }
}

/** What `_allowEntryWrites` grants to: `PlatformFunction` and `PolicyRole` are such. */
interface EntryWriter extends IConstruct {
  allow(actions: string[], resources: string[]): void;
}

function defineTable(scope: Construct, encryptionKey: kms.IKey): dynamodb.TableV2 {
  return new dynamodb.TableV2(scope, 'Entries', {
    partitionKey: { name: ENTRY_PARTITION_KEY, type: dynamodb.AttributeType.STRING },
    sortKey: { name: ENTRY_SORT_KEY, type: dynamodb.AttributeType.STRING },
    timeToLiveAttribute: ENTRY_TTL_ATTRIBUTE,
    billing: dynamodb.Billing.onDemand(),
    encryption: dynamodb.TableEncryptionV2.customerManagedKey(encryptionKey),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    dynamoStream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

/** Of a key of ours the attribute itself: the L2's ARN refuses to cross regions without a physical name. */
function keyArnOf(key: kms.IKey): string {
  const resource = key.node.defaultChild;
  return resource instanceof kms.CfnKey ? resource.attrArn : key.keyArn;
}

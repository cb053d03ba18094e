import { Duration, Names, Size } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { IOperatorAlerts } from '../monitoring/api';
import { allowEvents, defineKey } from '../private/encryption';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import * as constants from './log-constants';
import { LogFilter } from './log-filter';
import type { Offence } from './offence';
import type { OffenderQuery } from './offender-query';
import type { PlatformWebAcl } from './platform-web-acl';
import type { WafIpAccess } from './waf-ip-access';
import { defineWafLogAlarms } from './waf-log-alarms';
import * as validation from './waf-log-analytics-validation';
import { WafLogDelivery } from './waf-log-delivery';
import { defineLogReaders } from './waf-log-readers';
import { FRESHNESS_METRIC, type WafLogStream } from './waf-log-stream';
import { defineNamedQueries, WafLogWorkgroup } from './waf-log-workgroup';
import { defineWebAclLogging } from './web-acl-logging';
import { WebAclScope } from './web-acl-scope';

/** Properties of `WafLogAnalytics`. */
export interface WafLogAnalyticsProps {
  /** Web ACL whose requests are kept and read, of the stack's own region: us-east-1 for scope CLOUDFRONT. */
  readonly webAcl: PlatformWebAcl;
  /**
   * Where offenders become entries; it may stand in another region.
   * @default - offenders are only counted by `metricOffenders`, by which thresholds can be tried out
   */
  readonly ipAccess?: WafIpAccess;
  /**
   * What makes an address an offender, up to 10.
   * @default []
   */
  readonly offences?: Offence[];
  /**
   * What makes an address an offender over hours, up to 5. Each run reads its hours of the log from S3.
   * @default []
   */
  readonly offenderQueries?: OffenderQuery[];
  /**
   * Of a regional web ACL, the hosts that clients reach without CloudFront: names, or many by one `*` at the beginning or the end;
   * `*` alone is all. Behind CloudFront a regional log shows CloudFront's addresses, which must never be blocked.
   * @default - needed with offences of a regional web ACL; of scope CLOUDFRONT all hosts count
   */
  readonly directHosts?: string[];
  /**
   * Bucket of a load balancer's access logs, which `Offence.clientErrors` reads. Of a bucket of another stack or app EventBridge
   * notifications must be on.
   * @default - only the web ACL's log is read
   */
  readonly accessLogs?: s3.IBucket;
  /**
   * Which requests are kept.
   * @default LogFilter.everything()
   */
  readonly logFilter?: LogFilter;
  /**
   * How long requests are kept for queries, 1 to 3653 days.
   * @default Duration.days(400)
   */
  readonly retention?: Duration;
  /**
   * How the log comes to S3.
   * @default WafLogDelivery.firehose()
   */
  readonly delivery?: WafLogDelivery;
  /**
   * Bytes that one query may read before Athena stops it, 10 MB to 2 GiB.
   * @default Size.gibibytes(1)
   */
  readonly scanLimit?: Size;
  /**
   * Key that encrypts the log, its counts and the results of queries. It must let CloudWatch Logs and EventBridge use it;
   * an imported one, with `WafLogDelivery.directToS3()`, delivery.logs.amazonaws.com, too.
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
 * Keeps every request that a web ACL saw for questions in SQL, and finds who offends while it happens.
 *
 * The log lies in S3 by the hour, where Athena reads it without a crawler; a parser reads the records soon after they were made
 * and turns offenders into entries of `WafIpAccess`. By default Firehose delivers, as Parquet for Athena and untouched for the parser.
 *
 * The bucket with the log and the key are kept on removal; the database, the work group, the counts of the last hours and the
 * delivery stream go. A change of the construct's path replaces them.
 */
export class WafLogAnalytics extends Construct {
  /**
   * Holds the log: `parquet/` for queries, `source/` untouched, `errors/` what could not be converted; or `AWSLogs/` as WAF delivered it.
   * Beside it lie `results/` of queries.
   */
  public readonly bucket: s3.IBucket;
  /** Folder of `bucket` whose new objects the parser reads. */
  public readonly sourcePrefix: string;
  /** Name of the Firehose delivery stream that the web ACL writes to; none if WAF writes to `bucket` itself. */
  public readonly deliveryStreamName?: string;
  /** Athena's work group for people; the named queries are there. */
  public readonly workgroupName: string;
  /** Database of the data catalog. */
  public readonly databaseName: string;
  /** Table of requests in `databaseName`. */
  public readonly tableName: string;
  /** Key that encrypts the log, its counts and the results of queries. */
  public readonly encryptionKey: kms.IKey;
  private readonly stream?: WafLogStream;
  private readonly name: string;

  constructor(scope: Construct, id: string, props: WafLogAnalyticsProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const offences = props.offences ?? [];
    const offenderQueries = props.offenderQueries ?? [];
    const filter = props.logFilter ?? LogFilter.everything();
    const retention = props.retention ?? Duration.days(400);
    const scanLimit = props.scanLimit ?? Size.gibibytes(1);
    validation.validateWebAcl(this, props.webAcl);
    validation.validateOffences(this, {
      offences,
      filter,
      hasAccessLogs: props.accessLogs !== undefined,
    });
    validation.validateOffenderQueries(this, offenderQueries, props.ipAccess !== undefined);
    validation.validateDirectHosts(this, props.webAcl, props.directHosts, offences.length + offenderQueries.length > 0);
    validation.warnOfSilentOffences(this, props.webAcl, props.directHosts, offences);
    validation.validateRetention(this, 'retention', retention);
    validation.validateScanLimit(this, scanLimit);

    this.name = Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
    this.encryptionKey = this.defineKey(props.encryptionKey);
    const { table, ...log } = (props.delivery ?? WafLogDelivery.firehose())._bind(this, {
      webAcl: props.webAcl,
      encryptionKey: this.encryptionKey,
      retention,
    });
    this.bucket = log.bucket;
    this.sourcePrefix = log.sourcePrefix;
    this.stream = log.stream;
    this.deliveryStreamName = log.stream?.name;
    const logging = defineWebAclLogging(this, 'Logging', {
      webAclArn: props.webAcl.webAclRef.webAclArn,
      destinationArn: log.destinationArn,
      protectedHeaders: props.webAcl._protectedHeaders,
      filter,
    });
    if (log.permission) {
      logging.node.addDependency(log.permission);
    }
    props.webAcl._logElsewhere(this);
    const workgroup = new WafLogWorkgroup(this, 'Queries', {
      description: 'Questions about the requests that a web ACL saw',
      bucket: this.bucket,
      encryptionKey: this.encryptionKey,
      scanLimit,
    });
    this.workgroupName = workgroup.name;
    this.databaseName = table.databaseName;
    this.tableName = table.tableName;
    defineNamedQueries(this, workgroup, table);
    const { parser, functions } = defineLogReaders(this, {
      offences,
      offenderQueries,
      guards: {
        directHosts: props.webAcl.webAclRef.scope === WebAclScope.CLOUDFRONT ? ['*'] : (props.directHosts ?? []),
        chargePointHosts: props.webAcl._chargePointHosts,
      },
      ipAccess: props.ipAccess,
      accessLogs: props.accessLogs,
      bucket: this.bucket,
      sourcePrefix: this.sourcePrefix,
      table,
      scanLimit,
      encryptionKey: this.encryptionKey,
      name: this.name,
    });
    defineWafLogAlarms(this, {
      alerts: props.alerts,
      stream: this.stream,
      objects: parser?.metricObjects({ period: Duration.hours(1) }),
      blockedRequests: props.webAcl.metricBlockedRequests({ period: Duration.minutes(5) }),
      poisonLines: this.metricPoisonLines(),
      readers: functions,
    });
  }

  /**
   * Seconds that the oldest record has waited in Firehose to be written for queries.
   * @throws if WAF delivers itself: it has no such metric
   */
  public metricDataFreshness(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    if (!this.stream) {
      throw invalid(
        this,
        "'delivery' must be by Firehose for 'metricDataFreshness', got WafLogDelivery.directToS3(); use 'metricLines'",
      );
    }
    return this.stream.metric(FRESHNESS_METRIC, { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /** Lines of the log that the parser read. */
  public metricLines(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(constants.LINES_METRIC, options);
  }

  /** Lines of the log that are no records and were passed over. */
  public metricPoisonLines(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(constants.POISON_LINES_METRIC, options);
  }

  /** Addresses that were found to offend. */
  public metricOffenders(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(constants.OFFENDERS_METRIC, options);
  }

  private defineKey(given: kms.IKey | undefined): kms.IKey {
    if (given) {
      return given;
    }
    const key = defineKey(this, 'Key', 'Log of a web ACL, its counts and results of queries');
    // What EventBridge cannot deliver to the parser goes to an encrypted queue.
    allowEvents(key);
    return key;
  }

  private metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: constants.LOG_ANALYTICS_NAMESPACE,
      metricName,
      dimensionsMap: { [constants.LOG_ANALYTICS_DIMENSION]: this.name },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    });
  }
}

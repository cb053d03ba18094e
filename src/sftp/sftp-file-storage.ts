import { Aws, Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as transfer from 'aws-cdk-lib/aws-transfer';
import { Construct } from 'constructs';
import { AlertSeverity, type IOperatorAlerts } from '../monitoring/api';
import { Alarms } from '../private/alarms';
import { defineDataBucket, defineLogBucket } from '../private/buckets';
import { defineKey } from '../private/encryption';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { logDelivery } from '../private/log-delivery';
import { SftpEndpoint } from './sftp-endpoint';
import { SftpSecurityPolicy } from './sftp-security-policy';
import { SftpPermission, type SftpUserOptions } from './sftp-user';
import { defineUser } from './user-access';
import { validateHomePrefix, validatePublicKeys, validateUserName, validateVersionRetention } from './validation';

/** Properties of `SftpFileStorage`. */
export interface SftpFileStorageProps {
  /**
   * How clients reach the server.
   * @default SftpEndpoint.awsAddresses()
   */
  readonly endpoint?: SftpEndpoint;
  /**
   * Which SSH algorithms the server offers.
   * @default SftpSecurityPolicy.V2025_03
   */
  readonly securityPolicy?: SftpSecurityPolicy;
  /**
   * How long overwritten and deleted files can be brought back, at least a day.
   * @default Duration.days(90)
   */
  readonly versionRetention?: Duration;
  /**
   * How long it is remembered who connected and what they did.
   * @default logs.RetentionDays.ONE_YEAR
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * Key that encrypts files and logs.
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
 * Files that partners exchange by SFTP, kept in S3: each user sees only a directory of their own.
 *
 * AWS bills the server by the hour, about 0.30 USD, whether anybody connects or not. New files are announced on the account's default
 * event bus.
 *
 * On removal the buckets and the key are kept, the server is deleted; a new server has another host key, which clients refuse until
 * their owners confirm it.
 * @see https://aws.amazon.com/aws-transfer-family/pricing/
 */
export class SftpFileStorage extends Construct {
  /** The files, versioned. */
  public readonly bucket: s3.Bucket;
  /** Who connected and what they did, as JSON. */
  public readonly logGroup: logs.ILogGroup;
  /** Host name of the server; inside a VPC it is resolved through the VPC endpoint instead. */
  public readonly hostName: string;
  /** Elastic IPs of the server, for the firewalls of partners; empty with another endpoint. */
  public readonly addresses: string[];
  /** Who may connect; absent with addresses of AWS. */
  public readonly connections?: ec2.Connections;
  private readonly encryptionKey: kms.IKey;
  private readonly server: transfer.CfnServer;
  private readonly users: Construct;
  private readonly logNamespace: string;

  constructor(scope: Construct, id: string, props: SftpFileStorageProps = {}) {
    super(scope, id);
    pinFeatureFlags(this);
    const versionRetention = props.versionRetention ?? Duration.days(90);
    validateVersionRetention(this, versionRetention);
    this.encryptionKey = props.encryptionKey ?? defineKey(this, 'Key', 'Files exchanged by SFTP');
    this.bucket = defineDataBucket(this, 'Files', {
      encryptionKey: this.encryptionKey,
      accessLogs: defineLogBucket(this, 'AccessLogs', Duration.days(400)),
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: versionRetention, expiredObjectDeleteMarker: true }],
      eventBridge: true,
    });
    const logGroup = this.defineLogGroup(props.logRetention ?? logs.RetentionDays.ONE_YEAR);
    this.logGroup = logGroup;
    this.logNamespace = `ChargingPlatform/Sftp/${Names.uniqueResourceName(this, { maxLength: 60, separator: '-' })}`;
    this.defineLogMetrics();

    const endpoint = (props.endpoint ?? SftpEndpoint.awsAddresses())._bind(this);
    this.addresses = endpoint.addresses;
    this.connections = endpoint.connections;
    this.server = new transfer.CfnServer(this, 'Server', {
      protocols: ['SFTP'],
      domain: 'S3',
      identityProviderType: 'SERVICE_MANAGED',
      endpointType: endpoint.endpointType,
      endpointDetails: endpoint.endpointDetails,
      securityPolicyName: props.securityPolicy ?? SftpSecurityPolicy.V2025_03,
      structuredLogDestinations: [logGroup.logGroupArn],
      s3StorageOptions: { directoryListingOptimization: 'ENABLED' },
      // Many clients set times after an upload, which S3 cannot, and would call the upload failed.
      protocolDetails: { setStatOption: 'ENABLE_NO_OP' },
    });
    this.server.node.addDependency(logGroup);
    this.hostName = `${this.server.attrServerId}.server.transfer.${Stack.of(this).region}.${Aws.URL_SUFFIX}`;
    this.users = new Construct(this, 'Users');
    this.defineAlarms(props.alerts);
  }

  /**
   * Adds a user who signs in with an SSH key.
   * @param userName 3 to 100 letters, digits or `_@.-`.
   * @returns the role by which the user reaches the files.
   */
  public addUser(userName: string, options: SftpUserOptions): iam.IRole {
    const homePrefix = options.homePrefix ?? userName;
    validateUserName(this, userName);
    validatePublicKeys(this, userName, options.publicKeys);
    validateHomePrefix(this, userName, homePrefix);
    if (this.users.node.tryFindChild(userName)) {
      throw invalid(this, `the user '${userName}' exists already; give both keys to one user`);
    }
    return defineUser(this.users, {
      userName,
      homePrefix,
      publicKeys: options.publicKeys,
      permission: options.permission ?? SftpPermission.READ_WRITE,
      serverId: this.server.attrServerId,
      bucket: this.bucket,
      encryptionKey: this.encryptionKey,
    });
  }

  /** Files that clients uploaded, counted. */
  public metricFilesIn(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.serverMetric('FilesIn', options);
  }

  /** Files that clients downloaded, counted. */
  public metricFilesOut(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.serverMetric('FilesOut', options);
  }

  /** Sign-ins that were refused, counted from the log. */
  public metricAuthenticationFailures(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.logMetric('AuthenticationFailures', options);
  }

  /** Operations of signed-in users that failed, counted from the log. */
  public metricErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.logMetric('Errors', options);
  }

  private serverMetric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/Transfer',
      metricName,
      dimensionsMap: { ServerId: this.server.attrServerId },
      statistic: 'Sum',
      ...options,
    });
  }

  private logMetric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({ namespace: this.logNamespace, metricName, statistic: 'Sum', ...options });
  }

  /** The policy is written out because AWS adds it only when whoever deploys may change the account's log policies. */
  private defineLogGroup(retention: logs.RetentionDays): logs.LogGroup {
    const logGroup = new logs.LogGroup(this, 'Logs', {
      encryptionKey: this.encryptionKey,
      retention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.addToResourcePolicy(
      new iam.PolicyStatement({
        ...logDelivery(this),
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    return logGroup;
  }

  /** @see https://docs.aws.amazon.com/transfer/latest/userguide/cw-structure-logs.html */
  private defineLogMetrics(): void {
    for (const [metricName, activity] of [
      ['AuthenticationFailures', 'AUTH_FAILURE'],
      ['Errors', 'ERROR'],
    ]) {
      new logs.MetricFilter(this, metricName, {
        logGroup: this.logGroup,
        metricNamespace: this.logNamespace,
        metricName,
        filterPattern: logs.FilterPattern.stringValue('$.activity-type', '=', activity),
      });
    }
  }

  private defineAlarms(alerts: IOperatorAlerts | undefined): void {
    const alarms = Alarms.of(this, alerts);
    alarms?.add('AuthenticationFailuresHigh', {
      metric: this.metricAuthenticationFailures(),
      threshold: 100,
      evaluationPeriods: 3,
      description: 'At least 100 SFTP sign-ins were refused in each 5 minutes, for 15 minutes',
      severity: AlertSeverity.LOW,
      runbook: 'sftp-sign-ins-refused',
    });
    alarms?.add('ErrorsHigh', {
      metric: this.metricErrors(),
      threshold: 10,
      evaluationPeriods: 2,
      description: 'At least 10 SFTP operations of signed-in users failed in each 5 minutes, for 10 minutes',
      severity: AlertSeverity.MEDIUM,
      runbook: 'sftp-operations-failing',
    });
  }
}

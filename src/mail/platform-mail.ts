import { Duration, Names, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { AlertSeverity, type IOperatorAlerts } from '../monitoring/api';
import { Alarms } from '../private/alarms';
import { defineKey } from '../private/encryption';
import { pinFeatureFlags } from '../private/feature-flags';
import type { PlatformFunction } from '../private/functions';
import * as constants from './constants';
import { MailEvents } from './mail-events';
import { MailRecords } from './records';
import { Suppression } from './suppression';
import {
  validateAuditRetention,
  validateDomain,
  validateInZone,
  validateMailFromLabel,
  validateRegion,
  validateReportAddress,
} from './validation';

/** What receivers do with mail that claims the domain and proves neither by DKIM nor by SPF. */
export enum DmarcPolicy {
  /** Deliver it, only report: to learn who else sends in the domain's name. */
  NONE = 'none',
  /** Treat it as suspicious. */
  QUARANTINE = 'quarantine',
  /** Refuse it. */
  REJECT = 'reject',
}

/** Properties of `PlatformMail`. */
export interface PlatformMailProps {
  /** Domain that mail is sent from, such as `example.com`. One account and region can send from it once. */
  readonly domain: string;
  /**
   * Public zone of the domain, of a stack of any region; DKIM, MAIL FROM, SPF and DMARC records are added to it.
   * @default - no records: write those of `identity.dkimRecords`, MX, SPF and DMARC by hand
   */
  readonly hostedZone?: route53.IPublicHostedZone;
  /**
   * Label before `domain` that bounces return to. The name must receive no other mail.
   * @see https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
   * @default 'bounce'
   */
  readonly mailFromLabel?: string;
  /**
   * What receivers do with mail that only claims to come from the domain.
   * @default DmarcPolicy.QUARANTINE
   */
  readonly dmarcPolicy?: DmarcPolicy;
  /**
   * Mail address that receivers send their daily DMARC reports to.
   * @default - no reports are asked for
   */
  readonly dmarcReports?: string;
  /**
   * How long it is remembered what happened to whom, at least a day. These are mail addresses of people: no longer than they are needed.
   * @default Duration.days(400)
   */
  readonly auditRetention?: Duration;
  /**
   * Key that encrypts events and the audit table.
   * @default - a key with rotation is defined, kept on removal
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Where alarms go: alerts of this stack's region.
   * @default - no alarms are defined
   */
  readonly alerts?: IOperatorAlerts;
}

/**
 * Outgoing mail by SES: a signed domain, addresses that bounced or complained suppressed, and every failure remembered.
 *
 * Bounces, complaints, rejects, delays and faulty templates become lines of the audit table: who, when, why, and what the other side said.
 * A permanent bounce or a complaint also puts the address on the account's suppression list. Once a day the table is compared with that
 * list, and what was changed elsewhere is written down. `unsuppressFunction` lets an address have mail again.
 *
 * SES has no service in some regions, Spain among them; put this in a stack of one that has, such as eu-west-1. New accounts send only
 * to verified addresses until AWS lifts the sandbox, which is asked for in the console.
 *
 * On removal the domain can no longer send; the audit table, the key and the account's suppression list stay.
 */
export class PlatformMail extends Construct {
  /** The domain as SES knows it. */
  public readonly identity: ses.EmailIdentity;
  /** Rules that all mail of the domain is sent by. */
  public readonly configurationSet: ses.ConfigurationSet;
  /** Bounces, complaints, rejects, rendering failures and delays, as JSON of SES; subscribe to it. */
  public readonly events: sns.ITopic;
  /** What happened to whom: partition key `address` in lower case; of sort key `entry`, `STATE` is how the address stands now. */
  public readonly auditTable: dynamodb.ITableV2;
  /** Releases an address: invoke it with `{"address": …, "actor": who, "reason": why}`. */
  public readonly unsuppressFunction: lambda.IFunction;
  private readonly configurationSetName: string;
  private readonly domain: string;

  constructor(scope: Construct, id: string, props: PlatformMailProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const mailFromLabel = props.mailFromLabel ?? 'bounce';
    const auditRetention = props.auditRetention ?? Duration.days(400);
    validateRegion(this);
    validateDomain(this, props.domain);
    validateMailFromLabel(this, mailFromLabel);
    validateAuditRetention(this, auditRetention);
    this.domain = props.domain;

    // Named, so that services in another region can be given the name without a reference between stacks.
    this.configurationSetName = Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
    this.configurationSet = this.defineConfigurationSet();
    const encryptionKey = props.encryptionKey ?? defineKey(this, 'Key', 'Mail events and their audit');
    const { topic } = new MailEvents(this, 'Events', {
      configurationSet: this.configurationSet,
      configurationSetName: this.configurationSetName,
      encryptionKey,
    });
    const suppression = new Suppression(this, 'Suppression', {
      topic,
      encryptionKey,
      retention: auditRetention,
      name: this.configurationSetName,
    });
    this.events = topic;
    this.auditTable = suppression.table;
    this.unsuppressFunction = suppression.unsuppress;
    const mailFromDomain = `${mailFromLabel}.${props.domain}`;
    this.identity = this.defineIdentity(mailFromDomain);
    this.defineRecords(props, mailFromDomain);
    this.defineAlarms(props.alerts, suppression);
  }

  /** Lets `grantee` send mail from the domain. It may be of a stack of another region. */
  public grantSend(grantee: iam.IGrantable): iam.Grant {
    const { partition, region, account } = Stack.of(this);
    const arn = (resource: string) => `arn:${partition}:ses:${region}:${account}:${resource}`;
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['ses:SendEmail', 'ses:SendRawEmail'],
      resourceArns: [arn(`identity/${this.domain}`), arn(`configuration-set/${this.configurationSetName}`)],
    });
  }

  /** Lets `grantee` release addresses from suppression. */
  public grantUnsuppress(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [this.unsuppressFunction.functionArn],
    });
  }

  /** Addresses that a bounce or a complaint put on the suppression list, counted. */
  public metricSuppressedAddresses(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.auditMetric(constants.SUPPRESSED_METRIC, options);
  }

  /** Addresses put on or taken off the suppression list by others than this construct, counted once a day. */
  public metricSuppressionDrift(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.auditMetric(constants.DRIFT_METRIC, options);
  }

  /** Share of the account's recent mail that bounced for good, 0 to 1. AWS reviews accounts above 0.05. */
  public metricBounceRate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.reputationMetric('Reputation.BounceRate', options);
  }

  /** Share of the account's recent mail that was marked as spam, 0 to 1. AWS reviews accounts above 0.001. */
  public metricComplaintRate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.reputationMetric('Reputation.ComplaintRate', options);
  }

  private auditMetric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: constants.MAIL_NAMESPACE,
      metricName,
      dimensionsMap: { [constants.MAIL_DIMENSION]: this.configurationSetName },
      statistic: 'Sum',
      ...options,
    });
  }

  private reputationMetric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/SES',
      metricName,
      statistic: 'Average',
      period: Duration.hours(1),
      ...options,
    });
  }

  private defineConfigurationSet(): ses.ConfigurationSet {
    return new ses.ConfigurationSet(this, 'ConfigurationSet', {
      configurationSetName: this.configurationSetName,
      tlsPolicy: ses.ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
  }

  private defineIdentity(mailFromDomain: string): ses.EmailIdentity {
    return new ses.EmailIdentity(this, 'Identity', {
      identity: ses.Identity.domain(this.domain),
      configurationSet: this.configurationSet,
      feedbackForwarding: false,
      mailFromDomain,
      // Without the MX record mail is still signed, and so still passes DMARC; to refuse it would lose invoices.
      mailFromBehaviorOnMxFailure: ses.MailFromBehaviorOnMxFailure.USE_DEFAULT_VALUE,
    });
  }

  private defineRecords(props: PlatformMailProps, mailFromDomain: string): void {
    if (props.dmarcReports !== undefined) {
      validateReportAddress(this, props.dmarcReports);
    }
    if (!props.hostedZone) {
      return;
    }
    validateInZone(this, this.domain, props.hostedZone.zoneName);
    const reports = props.dmarcReports === undefined ? '' : `; rua=mailto:${props.dmarcReports}`;
    new MailRecords(this, 'Records', {
      zone: props.hostedZone,
      identity: this.identity,
      domain: this.domain,
      mailFromDomain,
      dmarc: `v=DMARC1; p=${props.dmarcPolicy ?? DmarcPolicy.QUARANTINE}${reports}`,
    });
  }

  private defineAlarms(alerts: IOperatorAlerts | undefined, suppression: Suppression): void {
    const alarms = Alarms.of(this, alerts);
    // SES publishes the rates only when they change, so silence means as before.
    const reputation = {
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.IGNORE,
      severity: AlertSeverity.HIGH,
    };
    alarms?.add('BounceRate', {
      ...reputation,
      metric: this.metricBounceRate(),
      threshold: 0.05,
      description: 'More than 5 % of mail bounces, from which on AWS reviews the account and may stop its mail',
      runbook: 'mail-bounce-rate-high',
    });
    alarms?.add('ComplaintRate', {
      ...reputation,
      metric: this.metricComplaintRate(),
      threshold: 0.001,
      description:
        'More than 0.1 % of mail is marked as spam, from which on AWS reviews the account and may stop its mail',
      runbook: 'mail-complaint-rate-high',
    });
    alarms?.add('EventsNotTaken', {
      metric: waiting(suppression.events),
      threshold: 1,
      evaluationPeriods: 1,
      description: 'Mail events were not remembered, and their addresses perhaps not suppressed',
      severity: AlertSeverity.MEDIUM,
      runbook: 'mail-events-not-taken',
    });
    alarms?.add('SuppressionNotCompared', {
      metric: waiting(suppression.comparison),
      threshold: 1,
      evaluationPeriods: 1,
      description: "The audit was not compared with SES's suppression list",
      severity: AlertSeverity.LOW,
      runbook: 'mail-suppression-not-compared',
    });
  }
}

/** What a function gave up on. */
function waiting({ deadLetterQueue }: PlatformFunction): cloudwatch.Metric {
  return deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' });
}

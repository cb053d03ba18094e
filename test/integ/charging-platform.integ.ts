import { Annotations, CrossStackReferences, Duration, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import {
  AddressPlan,
  AlertSeverity,
  ChargingPlatformNetwork,
  DatabasePrivileges,
  DockerImage,
  DockerizedServiceFleet,
  DockerService,
  Exposure,
  FleetScaling,
  FleetStandby,
  ForwardingRule,
  IpFeed,
  JobSchedule,
  NatStrategy,
  OcppEndpoint,
  Offence,
  OperatorAlerts,
  OperatorAlertsRelay,
  Placement,
  PlatformDashboard,
  PlatformDns,
  PlatformMail,
  PlatformWebAcl,
  ResilientMysql,
  RestoreCheck,
  RestoreTest,
  RestoreValidation,
  ServiceSecret,
  SftpFileStorage,
  SftpPermission,
  SpanishBackupPolicy,
  WafIpAccess,
  WafLogAnalytics,
  WebAclScope,
  WebDistribution,
  WebDistributionTelemetry,
} from '../../src';
import { NOWHERE, type Place, type PlacedStackProps } from './place';
import { synthWhenCalled } from './synth-when-called';

const zones = ['eu-south-2a', 'eu-south-2b'];
const email = 'operations@example.com';
const webServices = ['backoffice', 'api', 'ocpi'];
/** Public half of a key that was made for this example and whose private half was thrown away. */
const partnerKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEfL91slFj4g+AxK+Xxub2DyT+0lOMT4hd1Q7nEuRKrm partner@example.com';

/** What CloudFront takes from us-east-1 only. The public zone stands here too. */
class EdgeStack extends Stack {
  public readonly zone: route53.PublicHostedZone;
  public readonly certificate: acm.Certificate;
  public readonly webAcl: PlatformWebAcl;

  constructor(scope: Construct, id: string, { place, ...props }: PlacedStackProps) {
    super(scope, id, props);
    this.zone = new route53.PublicHostedZone(this, 'Zone', { zoneName: place.domain, caaAmazon: true });
    if (place.parentZone) {
      new route53.NsRecord(this, 'Delegation', {
        zone: route53.HostedZone.fromHostedZoneAttributes(this, 'ParentZone', place.parentZone),
        recordName: place.domain,
        values: this.zone.hostedZoneNameServers as string[],
      });
    }
    this.certificate = wildcardCertificate(this, this.zone);
    this.webAcl = new PlatformWebAcl(this, 'WebAcl', { scope: WebAclScope.CLOUDFRONT });
  }
}

/** Another team's network, which the platform is peered with. */
class AnalyticsStack extends Stack {
  public readonly network: ChargingPlatformNetwork;

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    this.network = new ChargingPlatformNetwork(this, 'Network', {
      addressPlan: AddressPlan.fromCidr('10.30.0.0/20'),
      availabilityZones: zones,
      natStrategy: NatStrategy.none(),
    });
  }
}

interface PlatformStackProps extends PlacedStackProps {
  readonly edge: EdgeStack;
  readonly analytics: AnalyticsStack;
}

/** The platform itself, in Spain. */
class PlatformStack extends Stack {
  public readonly alerts: OperatorAlerts;
  public readonly network: ChargingPlatformNetwork;
  public readonly database: ResilientMysql;
  public readonly fleet: DockerizedServiceFleet;
  public readonly webAcl: PlatformWebAcl;
  public readonly ipAccess: WafIpAccess;
  public readonly wafLogs: WafLogAnalytics;
  public readonly backup: SpanishBackupPolicy;
  public readonly distribution: WebDistribution;

  constructor(scope: Construct, id: string, { place, edge, analytics, ...props }: PlatformStackProps) {
    super(scope, id, props);
    const webhook = secretsmanager.Secret.fromSecretNameV2(this, 'Webhook', 'operations/webhook');
    const alerts = new OperatorAlerts(this, 'Alerts', { email, webhook });
    this.alerts = alerts;

    this.network = new ChargingPlatformNetwork(this, 'Network', {
      addressPlan: AddressPlan.fromCidr('10.20.0.0/16'),
      availabilityZones: zones,
      alerts,
    });
    const { network } = this;
    network.addVpn('Headquarters', { customerGateway: '203.0.113.10', remoteCidrs: ['192.168.0.0/16'] });
    network.addPeering('Analytics', { peerVpc: analytics.network.vpc });

    this.database = new ResilientMysql(this, 'Database', { vpc: network.vpc, alerts });
    const apiUser = this.database.addUser('api', DatabasePrivileges.readWrite());

    const image = (service: string) =>
      place.image ? DockerImage.fromRegistry(place.image) : repositoryImage(this, service);
    const trustStore = new elbv2.TrustStore(this, 'ChargePointAuthorities', {
      bucket: s3.Bucket.fromBucketName(this, 'AuthorityBucket', `charge-point-authorities-${place.account}`),
      key: 'authorities.pem',
    });
    const webHostNames = webHostNamesOf(place);
    const [backoffice, api, ocpi] = webHostNames;
    this.fleet = new DockerizedServiceFleet(this, 'Fleet', {
      vpc: network.vpc,
      certificates: [wildcardCertificate(this, edge.zone)],
      alerts,
      // As the seed: machines in public subnets, web traffic through the CDN, charge points on fixed addresses.
      placement: Placement.publicSubnets(),
      exposure: Exposure.throughCdn(),
      services: [
        DockerService.backOffice({ image: image('BackOffice'), hostNames: [backoffice] }),
        DockerService.api({
          image: image('Api'),
          hostNames: [api],
          replicas: 2,
          cacheTtl: Duration.seconds(30),
          environment: this.database.connectionEnvironment('api'),
          secrets: { DATABASE_CREDENTIALS: ServiceSecret.fromSecretsManager(apiUser) },
        }),
        DockerService.ocpp({
          image: image('Ocpp'),
          replicas: 4,
          endpoints: [
            OcppEndpoint.tls({ hostName: `ocpp.${place.domain}` }),
            OcppEndpoint.mutualTls({ hostName: `ocpp-secure.${place.domain}`, port: 8443, trustStore }),
          ],
        }),
        DockerService.ocpi({ image: image('Ocpi'), hostNames: [ocpi] }),
        DockerService.jobs({
          image: image('Jobs'),
          schedules: [JobSchedule.daily({ name: 'invoices', hour: 4, minute: 30, command: ['node', 'invoices.js'] })],
        }),
      ],
      scaling: [
        FleetScaling.scheduled({
          schedule: autoscaling.Schedule.cron({ hour: '6', minute: '30', weekDay: 'MON-FRI' }),
          minMachines: 4,
        }),
        FleetScaling.scheduled({
          schedule: autoscaling.Schedule.cron({ hour: '22', minute: '0' }),
          minMachines: 2,
        }),
        FleetScaling.onCpu(60),
        FleetScaling.onOcppConnections(8000),
      ],
      standby: FleetStandby.warmPool({ goldenImage: true, reservedPerZone: 1 }),
    });
    this.database.connections.allowDefaultPortFrom(this.fleet);

    this.webAcl = new PlatformWebAcl(this, 'WebAcl', { protects: [this.fleet.applicationLoadBalancer] });
    this.ipAccess = new WafIpAccess(this, 'IpAccess', {
      webAcls: [this.webAcl, edge.webAcl],
      feeds: [IpFeed.spamhausDrop()],
      neverBlock: network.egressAddresses,
      setApiGatewayLogRole: true,
      alerts,
    });
    alerts.addTopic(this, 'IpAccessChanges', this.ipAccess.changeTopic, {
      severity: AlertSeverity.LOW,
      runbook: 'ip-access-changed',
      description: 'Addresses were blocked, allowed or released',
    });
    this.wafLogs = new WafLogAnalytics(this, 'WafLogs', {
      webAcl: this.webAcl,
      ipAccess: this.ipAccess,
      directHosts: this.fleet.ocppHostNames,
      // Charge points' hosts count only where an offence names them.
      offences: [
        Offence.blockedRequests({ threshold: 100, window: Duration.minutes(5), hosts: this.fleet.ocppHostNames }),
      ],
      alerts,
    });

    this.backup = new SpanishBackupPolicy(this, 'Backup', {
      resources: [this.database.backupResource, this.fleet.backupResource],
      restoreTest: RestoreTest.monthly({
        subnetGroup: this.database.subnetGroup,
        validation: RestoreValidation.mysql({
          vpc: this.network.vpc,
          databaseName: this.database.databaseName,
          checks: [
            RestoreCheck.rowsAtLeast('charge_points', 1),
            RestoreCheck.query('sessions are fresh', 'SELECT MAX(started_at) > NOW() - INTERVAL 2 DAY FROM sessions'),
          ],
        }),
      }),
      alerts,
    });
    Annotations.of(this.backup).acknowledgeWarning(
      'cdk-charging-platform:backupByTag',
      'The owner wants images of the machines too, though they hold no data',
    );

    this.distribution = new WebDistribution(this, 'Cdn', {
      hostNames: webHostNames,
      origin: this.fleet.applicationLoadBalancer,
      originHostName: `origin.${place.domain}`,
      webAcl: edge.webAcl,
      certificate: edge.certificate,
    });
  }
}

interface OperationsStackProps extends PlacedStackProps {
  readonly edge: EdgeStack;
  readonly platform: PlatformStack;
}

/** Names, files and the dashboard: with the platform itself they would come close to the 500 resources that a stack may have. */
class ExchangeStack extends Stack {
  public readonly sftp: SftpFileStorage;

  constructor(scope: Construct, id: string, { place, edge, platform, ...props }: OperationsStackProps) {
    super(scope, id, props);
    const dns = new PlatformDns(this, 'Dns', {
      publicZone: edge.zone,
      vpc: platform.network.vpc,
      reverseCidrs: [platform.network.addressPlan.cidr],
      forwardingRules: [ForwardingRule.forDomain('corp.example.com', ['192.168.0.53', '192.168.1.53'])],
      inboundFrom: ['192.168.0.0/16'],
      alerts: platform.alerts,
    });
    for (const hostName of webHostNamesOf(place)) {
      dns.addDistributionAlias(hostName, platform.distribution.distribution);
    }
    for (const hostName of platform.fleet.ocppHostNames) {
      dns.addLoadBalancerAlias(hostName, platform.fleet.networkLoadBalancer as elbv2.INetworkLoadBalancer);
    }

    this.sftp = new SftpFileStorage(this, 'Sftp', { alerts: platform.alerts });
    this.sftp.addUser('partner', { publicKeys: [partnerKey], permission: SftpPermission.READ_WRITE });

    new PlatformDashboard(this, 'Dashboard', {
      alerts: platform.alerts,
      traffic: [platform.distribution.metricRequests(), platform.fleet.metricRequests('api')],
      chargePoints: [platform.fleet.metricOcppConnections(), platform.fleet.metricChargePointConnections()],
      errors: [platform.fleet.metricLoadBalancerErrors(), platform.fleet.metricServiceErrors('api')],
      database: [platform.database.metricCpuUtilization(), platform.database.metricDatabaseConnections()],
      firewall: [platform.webAcl.metricBlockedRequests(), platform.webAcl.metricAllowedRequests()],
      backups: [platform.backup.metricJobsCompleted(), platform.backup.metricJobsFailed()],
      costDrivers: [platform.fleet.metricMachinesInService(), platform.network.metricNatBytesOut()],
    });
  }
}

/** What watches the edge: metrics and logs of CloudFront live in us-east-1, the table of IP entries in Spain. */
class EdgeOperationsStack extends Stack {
  public readonly wafLogs: WafLogAnalytics;

  constructor(scope: Construct, id: string, { edge, platform, ...props }: OperationsStackProps) {
    super(scope, id, props);
    const alerts = new OperatorAlertsRelay(this, 'Alerts', { home: platform.alerts });
    this.wafLogs = new WafLogAnalytics(this, 'WafLogs', {
      webAcl: edge.webAcl,
      ipAccess: platform.ipAccess,
      offences: [Offence.blockedRequests({ threshold: 100, window: Duration.minutes(5) })],
      alerts,
    });
    new WebDistributionTelemetry(this, 'CdnTelemetry', { distribution: platform.distribution, alerts });
  }
}

/** Mail leaves from Ireland: Spain has no SES. */
class MailStack extends Stack {
  public readonly mail: PlatformMail;

  constructor(scope: Construct, id: string, { place, edge, platform, ...props }: OperationsStackProps) {
    super(scope, id, props);
    const alerts = new OperatorAlertsRelay(this, 'Alerts', { home: platform.alerts });
    this.mail = new PlatformMail(this, 'Mail', { domain: place.domain, hostedZone: edge.zone, alerts });
  }
}

function webHostNamesOf({ domain }: Place): string[] {
  return webServices.map((service) => `${service}.${domain}`);
}

function repositoryImage(scope: Construct, service: string): DockerImage {
  const repository = new ecr.Repository(scope, service, {
    imageScanOnPush: true,
    imageTagMutability: ecr.TagMutability.IMMUTABLE,
    lifecycleRules: [{ maxImageCount: 50 }],
  });
  return DockerImage.fromEcrRepository(repository, { tagOrDigest: '1.0.0' });
}

function wildcardCertificate(scope: Construct, zone: route53.IHostedZone): acm.Certificate {
  return new acm.Certificate(scope, 'Certificate', {
    domainName: zone.zoneName,
    subjectAlternativeNames: [`*.${zone.zoneName}`],
    validation: acm.CertificateValidation.fromDns(zone),
  });
}

/** The whole architecture. */
export function chargingPlatform(scope: Construct, place = NOWHERE) {
  // Between regions by stack outputs; the CDK's older way would define custom resources.
  CrossStackReferences.of(scope).consume(ReferenceStrength.WEAK);
  const at = (region: string) => ({ env: { account: place.account, region }, place });
  const edge = new EdgeStack(scope, 'Edge', at('us-east-1'));
  const analytics = new AnalyticsStack(scope, 'Analytics', at('eu-south-2'));
  const platform = new PlatformStack(scope, 'ChargingPlatform', { ...at('eu-south-2'), edge, analytics });
  const exchange = new ExchangeStack(scope, 'Exchange', { ...at('eu-south-2'), edge, platform });
  const edgeOperations = new EdgeOperationsStack(scope, 'EdgeOperations', { ...at('us-east-1'), edge, platform });
  const mail = new MailStack(scope, 'Mail', { ...at('eu-west-1'), edge, platform });
  return { edge, analytics, platform, exchange, edgeOperations, mail };
}

synthWhenCalled(module, chargingPlatform);

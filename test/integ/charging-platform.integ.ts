import { App, CrossStackReferences, Duration, ReferenceStrength, Stack, type StackProps, TimeZone } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import {
  AddressPlan,
  ChargingPlatformNetwork,
  DockerImage,
  DockerizedServiceFleet,
  DockerService,
  Exposure,
  FleetScaling,
  FleetStandby,
  IpFeed,
  OcppEndpoint,
  OperatorAlerts,
  Placement,
  PlatformDashboard,
  PlatformDns,
  PlatformMail,
  PlatformWebAcl,
  ResilientMysql,
  SftpFileStorage,
  SpanishBackupPolicy,
  WafIpAccess,
  WafLogAnalytics,
  WebAclScope,
  WebDistribution,
} from '../../src';

const account = '111122223333';
const spain = { account, region: 'eu-south-2' };
const usEast1 = { account, region: 'us-east-1' };
const ireland = { account, region: 'eu-west-1' };

/** CloudFront takes its certificate and web ACL from us-east-1 only; the public zone lives here too, as its query logs must. */
class EdgeStack extends Stack {
  public readonly zone: route53.PublicHostedZone;
  public readonly certificate: acm.Certificate;
  public readonly webAcl: PlatformWebAcl;

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    this.zone = new route53.PublicHostedZone(this, 'Zone', { zoneName: 'example.com', caaAmazon: true });
    this.certificate = new acm.Certificate(this, 'Certificate', {
      domainName: 'example.com',
      subjectAlternativeNames: ['*.example.com'],
      validation: acm.CertificateValidation.fromDns(this.zone),
    });
    this.webAcl = new PlatformWebAcl(this, 'WebAcl', { scope: WebAclScope.CLOUDFRONT });
  }
}

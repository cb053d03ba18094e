import { App, Duration, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import {
  AddressPlan,
  ChargingPlatformNetwork,
  DatabasePrivileges,
  DockerImage,
  DockerizedServiceFleet,
  DockerService,
  OcppEndpoint,
  Offence,
  PlatformWebAcl,
  ResilientMysql,
  ServiceSecret,
  SpanishBackupPolicy,
  WafLogAnalytics,
} from 'cdk-charging-platform';

const app = new App({ analyticsReporting: false });
const stack = new Stack(app, 'ChargingPlatform', { env: { account: '111122223333', region: 'eu-south-2' } });
const network = new ChargingPlatformNetwork(stack, 'Network', {
  addressPlan: AddressPlan.fromCidr('10.20.0.0/16'),
  availabilityZones: ['eu-south-2a', 'eu-south-2b'],
});
const database = new ResilientMysql(stack, 'Database', { vpc: network.vpc, backupRetention: Duration.days(21) });
const apiUser = database.addUser('api', DatabasePrivileges.readWrite());
const fleet = new DockerizedServiceFleet(stack, 'Fleet', {
  vpc: network.vpc,
  certificates: [
    acm.Certificate.fromCertificateArn(
      stack,
      'Certificate',
      'arn:aws:acm:eu-south-2:111122223333:certificate/11111111-2222-3333-4444-555555555555',
    ),
  ],
  minMachines: 3,
  ocppIdleTimeout: Duration.minutes(30),
  services: [
    DockerService.api({
      image: DockerImage.fromRegistry('ghcr.io/example/api:1.4.2'),
      hostNames: ['api.example.com'],
      environment: database.connectionEnvironment('api'),
      secrets: { DATABASE_CREDENTIALS: ServiceSecret.fromSecretsManager(apiUser) },
    }),
    DockerService.ocpp({
      image: DockerImage.fromRegistry('ghcr.io/example/ocpp:1.4.2'),
      endpoints: [OcppEndpoint.tls({ hostName: 'ocpp.example.com' })],
    }),
  ],
});
database.connections.allowDefaultPortFrom(fleet);
const webAcl = new PlatformWebAcl(stack, 'WebAcl', { protects: [fleet.applicationLoadBalancer] });
new WafLogAnalytics(stack, 'WafLogs', {
  webAcl,
  directHosts: fleet.ocppHostNames,
  offences: [Offence.blockedRequests({ threshold: 100, window: Duration.minutes(5) })],
});
new SpanishBackupPolicy(stack, 'Backup', { resources: [database.backupResource] });
app.synth();

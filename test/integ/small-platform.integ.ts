import { type App, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as logs from 'aws-cdk-lib/aws-logs';
import {
  ChargingPlatformNetwork,
  DatabaseStandby,
  DockerImage,
  DockerizedServiceFleet,
  DockerService,
  NatStrategy,
  PlatformWebAcl,
  ResilientMysql,
  RestoreTest,
  SpanishBackupPolicy,
} from '../../src';
import { synthWhenCalled } from './synth-when-called';

/** The development size: one NAT gateway, one machine, a database in one zone; no fixed addresses, standby or CDN. */
export function smallPlatform(app: App): void {
  const stack = new Stack(app, 'SmallPlatform', { env: { account: '111122223333', region: 'eu-south-2' } });
  const network = new ChargingPlatformNetwork(stack, 'Network', {
    availabilityZones: ['eu-south-2a', 'eu-south-2b'],
    natStrategy: NatStrategy.single(),
  });
  const database = new ResilientMysql(stack, 'Database', {
    vpc: network.vpc,
    standby: DatabaseStandby.none(),
    instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MEDIUM),
  });
  const image = (service: string) =>
    DockerImage.fromEcrRepository(new ecr.Repository(stack, service), { tagOrDigest: '1.0.0' });
  const certificate = new acm.Certificate(stack, 'Certificate', {
    domainName: '*.dev.example.com',
    validation: acm.CertificateValidation.fromDns(),
  });
  const fleet = new DockerizedServiceFleet(stack, 'Fleet', {
    vpc: network.vpc,
    certificates: [certificate],
    instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.SMALL),
    minMachines: 1,
    maxMachines: 1,
    services: [
      DockerService.api({ image: image('Api'), hostNames: ['api.dev.example.com'] }),
      DockerService.ocpp({ image: image('Ocpp'), hostNames: ['ocpp.dev.example.com'] }),
    ],
  });
  database.connections.allowDefaultPortFrom(fleet);
  new PlatformWebAcl(stack, 'WebAcl', {
    protects: [fleet.applicationLoadBalancer],
    logRetention: logs.RetentionDays.ONE_MONTH,
  });
  new SpanishBackupPolicy(stack, 'Backup', {
    resources: [database.backupResource],
    restoreTest: RestoreTest.monthly({ subnetGroup: database.subnetGroup }),
  });
}

synthWhenCalled(module, smallPlatform);

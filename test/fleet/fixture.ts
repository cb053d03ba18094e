import { Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import {
  DockerImage,
  DockerizedServiceFleet,
  type DockerizedServiceFleetProps,
  DockerService,
  JobSchedule,
  OcppEndpoint,
} from '../../src/fleet';
import { acknowledge } from '../../src/private/acknowledge';
import { newStack } from '../support/stacks';

export const IMAGE = DockerImage.fromRegistry('ghcr.io/example/platform:1.4.2');
export const OCPP = DockerService.ocpp({
  image: IMAGE,
  endpoints: [OcppEndpoint.tls({ hostName: 'ocpp.example.com' })],
});
export const API = DockerService.api({ image: IMAGE, hostNames: ['api.example.com'] });
export const FIVE_SERVICES = [
  DockerService.backOffice({ image: IMAGE, hostNames: ['backoffice.example.com'] }),
  API,
  OCPP,
  DockerService.ocpi({ image: IMAGE, hostNames: ['ocpi.example.com'] }),
  DockerService.jobs({
    image: IMAGE,
    schedules: [JobSchedule.daily({ name: 'invoices', hour: 4, minute: 30, command: ['node', 'invoices.js'] })],
  }),
];

/** A VPC with public and private subnets in explicit zones, and its findings out of the way: another room's subject. */
export function vpcIn(stack: Stack, zones = ['eu-south-2a', 'eu-south-2b']): ec2.Vpc {
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    ipAddresses: ec2.IpAddresses.cidr('10.20.0.0/16'),
    availabilityZones: zones,
    restrictDefaultSecurityGroup: false,
    natGateways: 1,
    subnetConfiguration: [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 20, mapPublicIpOnLaunch: false },
      { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
    ],
  });
  acknowledge(
    vpc,
    'Stands for the VPC of another room',
    'AwsSolutions-VPC7',
    ...['NIST.800.53.R5-', 'PCI.DSS.321-'].flatMap((pack) =>
      [
        'VPCDefaultSecurityGroupClosed',
        'VPCFlowLogsEnabled',
        'VPCNoUnrestrictedRouteToIGW',
        'VPCSubnetAutoAssignPublicIpDisabled',
      ].map((rule) => pack + rule),
    ),
  );
  return vpc;
}

export function certificateIn(stack: Stack): acm.ICertificate {
  return acm.Certificate.fromCertificateArn(
    stack,
    'Certificate',
    'arn:aws:acm:eu-south-2:111122223333:certificate/11111111-2222-3333-4444-555555555555',
  );
}

export function trustStoreIn(stack: Stack): elbv2.ITrustStore {
  return elbv2.TrustStore.fromTrustStoreArn(
    stack,
    'TrustStore',
    'arn:aws:elasticloadbalancing:eu-south-2:111122223333:truststore/chargers/1111222233334444',
  );
}

/** A fleet of the five services in a stack of its own. */
export function fleet(
  props: Partial<DockerizedServiceFleetProps> = {},
  stack: Stack = newStack(),
): DockerizedServiceFleet {
  return new DockerizedServiceFleet(stack, 'Fleet', {
    vpc: vpcIn(stack),
    certificates: [certificateIn(stack)],
    services: FIVE_SERVICES,
    ...props,
  });
}

export function fleetStack(props: Partial<DockerizedServiceFleetProps> = {}): Stack {
  return Stack.of(fleet(props));
}

/** A web ACL, as another room defines it, in front of the fleet. */
export function protect(protectedFleet: DockerizedServiceFleet): void {
  new wafv2.CfnWebACLAssociation(Stack.of(protectedFleet), 'WebAclAssociation', {
    resourceArn: protectedFleet.applicationLoadBalancer.loadBalancerArn,
    webAclArn: 'arn:aws:wafv2:eu-south-2:111122223333:regional/webacl/platform/11111111-2222-3333-4444-555555555555',
  });
}

/** Zones of a VPC that is imported by its ids, without addresses. */
export function importedVpc(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'ImportedVpc', {
    vpcId: 'vpc-11112222',
    availabilityZones: ['eu-south-2a', 'eu-south-2b'],
    publicSubnetIds: ['subnet-11111111', 'subnet-22222222'],
    privateSubnetIds: ['subnet-33333333', 'subnet-44444444'],
  });
}

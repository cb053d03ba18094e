import type { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { defineLogBucket } from '../private/buckets';
import type { AddressPlan } from './address-plan';
import type { Egress } from './egress';
import { NetworkTier } from './network-tier';
import { PlannedAddresses } from './planned-addresses';

export const SUBNET_TYPES: Record<NetworkTier, ec2.SubnetType> = {
  [NetworkTier.PUBLIC]: ec2.SubnetType.PUBLIC,
  [NetworkTier.PRIVATE]: ec2.SubnetType.PRIVATE_WITH_EGRESS,
  [NetworkTier.DATA]: ec2.SubnetType.PRIVATE_ISOLATED,
};

export function defineVpc(scope: Construct, plan: AddressPlan, zones: string[], egress: Egress): ec2.Vpc {
  const vpc = new ec2.Vpc(scope, 'Vpc', {
    ipAddresses: new PlannedAddresses(plan, zones),
    availabilityZones: zones,
    natGateways: egress.gateways,
    natGatewayProvider: egress.provider,
    restrictDefaultSecurityGroup: true,
    subnetConfiguration: Object.values(NetworkTier).map((tier) => ({
      name: tier,
      subnetType: SUBNET_TYPES[tier],
      // Machines ask for a public address in their launch template; nothing gets one by accident.
      mapPublicIpOnLaunch: tier === NetworkTier.PUBLIC ? false : undefined,
    })),
  });
  for (const subnet of vpc.publicSubnets) {
    acknowledge(
      subnet,
      'Load balancers and NAT gateways in public subnets answer to and call any address of the internet; security groups and network ACLs filter',
      'NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW',
      'PCI.DSS.321-VPCNoUnrestrictedRouteToIGW',
    );
  }
  return vpc;
}

export function addFlowLogs(scope: Construct, vpc: ec2.Vpc, retention: Duration): void {
  vpc.addFlowLog('FlowLog', {
    destination: ec2.FlowLogDestination.toS3(defineLogBucket(scope, 'FlowLogBucket', retention)),
    trafficType: ec2.FlowLogTrafficType.ALL,
    maxAggregationInterval: ec2.FlowLogMaxAggregationInterval.ONE_MINUTE,
  });
}

/** Free, and on the route tables of machines only: the data tier has no route to anything outside the VPC. */
export function addGatewayEndpoints(vpc: ec2.Vpc): void {
  const subnets = [{ subnetType: ec2.SubnetType.PUBLIC }, { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }];
  vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3, subnets });
  vpc.addGatewayEndpoint('DynamoDb', { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB, subnets });
}

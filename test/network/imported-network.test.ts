import { CfnParameter } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ChargingPlatformNetwork, type ChargingPlatformNetworkAttributes } from '../../src/network';
import { newStack, templateOf } from '../support/stacks';
import { refusal, ZONES } from './fixture';

const ATTRIBUTES: ChargingPlatformNetworkAttributes = {
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  vpcCidr: '10.20.0.0/16',
  availabilityZones: ZONES,
  publicSubnetIds: ['subnet-1', 'subnet-2'],
  publicRouteTableIds: ['rtb-1', 'rtb-1'],
  privateSubnetIds: ['subnet-3', 'subnet-4'],
  privateSubnetCidrs: ['10.20.64.0/20', '10.20.80.0/20'],
  privateRouteTableIds: ['rtb-3', 'rtb-4'],
  dataSubnetIds: ['subnet-5', 'subnet-6'],
  dataRouteTableIds: ['rtb-5', 'rtb-5'],
};

function imported(attributes: Partial<ChargingPlatformNetworkAttributes> = {}) {
  return ChargingPlatformNetwork.fromNetworkAttributes(newStack(), 'Network', { ...ATTRIBUTES, ...attributes });
}

test('gives what other constructs ask of a VPC, and defines nothing', () => {
  const stack = newStack();
  const { vpc, egressAddresses } = ChargingPlatformNetwork.fromNetworkAttributes(stack, 'Network', ATTRIBUTES);
  const ids = (subnetType: ec2.SubnetType) => vpc.selectSubnets({ subnetType, onePerAz: true }).subnetIds;
  expect(ids(ec2.SubnetType.PUBLIC)).toEqual(['subnet-1', 'subnet-2']);
  expect(ids(ec2.SubnetType.PRIVATE_WITH_EGRESS)).toEqual(['subnet-3', 'subnet-4']);
  expect(ids(ec2.SubnetType.PRIVATE_ISOLATED)).toEqual(['subnet-5', 'subnet-6']);
  expect(vpc.privateSubnets.map((subnet) => subnet.ipv4CidrBlock)).toEqual(['10.20.64.0/20', '10.20.80.0/20']);
  expect(vpc.isolatedSubnets.map((subnet) => subnet.routeTable.routeTableId)).toEqual(['rtb-5', 'rtb-5']);
  expect([vpc.vpcId, vpc.vpcCidrBlock, vpc.availabilityZones]).toEqual([
    'vpc-0a1b2c3d4e5f60718',
    '10.20.0.0/16',
    ZONES,
  ]);
  expect(egressAddresses).toEqual([]);
  expect(templateOf(stack).toJSON().Resources).toBeUndefined();
});

test('tells the addresses that it was told', () => {
  expect(imported({ egressAddresses: ['203.0.113.20'] }).egressAddresses).toEqual(['203.0.113.20']);
});

test('tokens pass', () => {
  const stack = newStack();
  const parameter = (id: string) => new CfnParameter(stack, id).valueAsString;
  const attributes = { ...ATTRIBUTES, vpcId: parameter('Vpc'), vpcCidr: parameter('Cidr') };
  expect(refusal(() => ChargingPlatformNetwork.fromNetworkAttributes(stack, 'Network', attributes))).toBe('accepted');
});

const count = (prop: string, got: number) =>
  `'${prop}' must have one entry per zone, 2, in the order of 'availabilityZones', got ${got}`;

test.each<[Partial<ChargingPlatformNetworkAttributes>, string]>([
  [
    { vpcId: 'abc' },
    "'vpcId' must be the id of a VPC, such as vpc-0a1b2c3d4e5f60718, got abc; ec2.Vpc.fromLookup finds one by name",
  ],
  [{ vpcCidr: 'abc' }, "'vpcCidr' must be an IPv4 CIDR such as 10.20.0.0/16, got abc"],
  [
    { availabilityZones: ['eu-south-2a'] },
    "'availabilityZones' must name two zones or more, got 1; load balancers and databases need two",
  ],
  [{ publicSubnetIds: ['subnet-1'] }, count('publicSubnetIds', 1)],
  [{ publicSubnetCidrs: ['10.20.0.0/20'] }, count('publicSubnetCidrs', 1)],
  [{ publicRouteTableIds: [] }, count('publicRouteTableIds', 0)],
  [{ privateSubnetIds: [] }, count('privateSubnetIds', 0)],
  [{ privateSubnetCidrs: [] }, count('privateSubnetCidrs', 0)],
  [{ privateRouteTableIds: ['rtb-1', 'rtb-2', 'rtb-3'] }, count('privateRouteTableIds', 3)],
  [{ dataSubnetIds: ['subnet-5'] }, count('dataSubnetIds', 1)],
  [{ dataRouteTableIds: ['rtb-5'] }, count('dataRouteTableIds', 1)],
])('refuses %j', (attributes, message) => {
  expect(refusal(() => imported(attributes))).toBe(`[Test/Network] ${message}`);
});

import type { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { DockerService, Exposure, Placement } from '../../src/fleet';
import { networksOf } from '../../src/fleet/subnets';
import { newStack } from '../support/stacks';
import { API, fleet, IMAGE, importedVpc, vpcIn } from './fixture';

function vpcOf(stack: Stack, types: ec2.SubnetType[], zones = ['eu-south-2a', 'eu-south-2b']): ec2.Vpc {
  return new ec2.Vpc(stack, 'Own', {
    availabilityZones: zones,
    natGateways: types.includes(ec2.SubnetType.PRIVATE_WITH_EGRESS) ? 1 : 0,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: types.map((subnetType) => ({ name: subnetType, subnetType })),
  });
}

const { PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED } = ec2.SubnetType;

test('refuses a VPC without private subnets, where machines stand in them', () => {
  const stack = newStack();
  const vpc = vpcOf(stack, [PUBLIC]);
  expect(() => fleet({ vpc, services: [API] }, stack)).toThrow(
    new Error(
      "[Test/Fleet] 'vpc' must have private subnets for 'placement', got none; choose another 'placement' or VPC",
    ),
  );
  const other = newStack();
  expect(() =>
    fleet({ vpc: vpcOf(other, [PUBLIC]), services: [API], placement: Placement.publicSubnets() }, other),
  ).not.toThrow();
});

test('refuses a VPC without public subnets, where the web comes in by them', () => {
  const stack = newStack();
  expect(() => fleet({ vpc: vpcOf(stack, [PRIVATE_ISOLATED]), services: [API] }, stack)).toThrow(
    new Error("[Test/Fleet] 'vpc' must have public subnets for 'exposure', got none; choose another 'exposure' or VPC"),
  );
});

test('refuses one zone', () => {
  const stack = newStack();
  const vpc = vpcOf(stack, [PUBLIC, PRIVATE_WITH_EGRESS], ['eu-south-2a']);
  expect(() => fleet({ vpc, services: [API] }, stack)).toThrow(
    new Error("[Test/Fleet] 'vpc' must have subnets in at least two zones, which load balancers demand, got 1"),
  );
});

test('a third zone has a third address', () => {
  const stack = newStack();
  const vpc = vpcOf(stack, [PUBLIC, PRIVATE_WITH_EGRESS], ['eu-south-2a', 'eu-south-2b', 'eu-south-2c']);
  expect(fleet({ vpc }, stack).ocppAddresses).toHaveLength(3);
});

test("the machines believe the load balancer's subnets, or all private ranges where these are unknown", () => {
  const stack = newStack();
  expect(networksOf(vpcIn(stack).publicSubnets)).toEqual(['10.20.0.0/20', '10.20.16.0/20']);
  expect(networksOf(importedVpc(stack).publicSubnets)).toEqual([
    '10.0.0.0/8',
    '100.64.0.0/10',
    '172.16.0.0/12',
    '192.168.0.0/16',
  ]);
});

test('a VPC that exists already will do', () => {
  const stack = newStack();
  const ocpp = DockerService.ocpp({ image: IMAGE, hostNames: ['ocpp.example.com'] });
  expect(() => fleet({ vpc: importedVpc(stack), services: [API, ocpp] }, stack)).not.toThrow();
  const other = newStack();
  expect(() =>
    fleet({ vpc: importedVpc(other), services: [API], exposure: Exposure.throughCdn() }, other),
  ).not.toThrow();
});

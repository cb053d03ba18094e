import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { PeeringReturnRoutes, type PeeringReturnRoutesProps } from '../../src/network';
import { newStack, resourcesOf } from '../support/stacks';
import { refusal } from './fixture';

function define(props: Partial<PeeringReturnRoutesProps> = {}) {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc', { availabilityZones: ['eu-south-2a'], natGateways: 1 });
  const given = { vpc, peeringId: 'pcx-0a1b2c3d4e5f60718', destinationCidr: '10.20.0.0/16', ...props };
  new PeeringReturnRoutes(stack, 'Back', given);
  return resourcesOf(stack, 'AWS::EC2::Route')
    .filter(([id]) => id.startsWith('Back'))
    .map(([, { Properties }]) => Properties);
}

test('leads from all subnets, or from those that are chosen, through the peering', () => {
  expect(define()).toEqual(
    ['VpcPublicSubnet1RouteTable', 'VpcPrivateSubnet1RouteTable'].map((table) => ({
      RouteTableId: { Ref: expect.stringContaining(table) },
      DestinationCidrBlock: '10.20.0.0/16',
      VpcPeeringConnectionId: 'pcx-0a1b2c3d4e5f60718',
    })),
  );
  expect(define({ subnets: { subnetType: ec2.SubnetType.PUBLIC } })).toHaveLength(1);
});

test.each<[Partial<PeeringReturnRoutesProps>, string]>([
  [{ peeringId: 'abc' }, "'peeringId' must be the id of a peering connection, such as pcx-0a1b2c3d4e5f60718, got abc"],
  [{ destinationCidr: 'abc' }, "'destinationCidr' must be an IPv4 CIDR such as 10.20.0.0/16, got abc"],
  [
    { destinationCidr: '10.20.0.1/16' },
    "'destinationCidr' has host bits set; did you mean 10.20.0.0/16, got 10.20.0.1/16",
  ],
])('refuses %j', (props, message) => {
  expect(refusal(() => define(props))).toBe(`[Test/Back] ${message}`);
});

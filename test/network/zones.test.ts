import { Lazy } from 'aws-cdk-lib';
import { ChargingPlatformNetwork, type ChargingPlatformNetworkProps } from '../../src/network';
import { newStack, SPAIN } from '../support/stacks';
import { refusal, THREE_ZONES, ZONES } from './fixture';

function network(props: ChargingPlatformNetworkProps, known?: string[]) {
  const context = known && { [`availability-zones:account=${SPAIN.account}:region=${SPAIN.region}`]: known };
  return new ChargingPlatformNetwork(newStack(SPAIN, context), 'Network', props);
}

test('takes the first zones that the CDK knows', () => {
  expect(network({}, THREE_ZONES).vpc.availabilityZones).toEqual(ZONES);
  expect(network({ zoneCount: 3 }, THREE_ZONES).vpc.availabilityZones).toEqual(THREE_ZONES);
});

test('bears with the zones that stand in until the CDK has looked them up', () => {
  expect(network({}).vpc.availabilityZones).toEqual(['dummy1a', 'dummy1b']);
});

test.each<[string, ChargingPlatformNetworkProps]>([
  ['2', { availabilityZones: ZONES }],
  ['4', { availabilityZones: [...THREE_ZONES, 'eu-south-2d'] }],
  ['tokens as', { availabilityZones: [Lazy.string({ produce: () => 'x' }), Lazy.string({ produce: () => 'y' })] }],
])('accepts %s zones', (_what, props) => {
  expect(refusal(() => network(props))).toBe('accepted');
});

test.each<[ChargingPlatformNetworkProps, string]>([
  [
    { availabilityZones: ['eu-south-2a'] },
    "'availabilityZones' must name 2 to 4 zones, got 1; load balancers and databases need two, the address plan has room for 4",
  ],
  [
    { availabilityZones: ['a', 'b', 'c', 'd', 'e'].map((letter) => `eu-south-2${letter}`) },
    "'availabilityZones' must name 2 to 4 zones, got 5; load balancers and databases need two, the address plan has room for 4",
  ],
  [
    { availabilityZones: ['eu-south-2a', 'eu-south-2a'] },
    "'availabilityZones' must name each zone once, got eu-south-2a twice",
  ],
  [
    { availabilityZones: ['eu-south-2a', 'abc'] },
    "'availabilityZones' must be of the stack's region, such as eu-south-2a, got abc",
  ],
  [
    { availabilityZones: ZONES, zoneCount: 2 },
    "'zoneCount' must not be given together with 'availabilityZones'; name as many zones as are wanted",
  ],
  [
    { zoneCount: 1 },
    "'zoneCount' must be an integer from 2 to 4, got 1; load balancers and databases need two zones, the address plan has room for 4",
  ],
  [
    { zoneCount: 5 },
    "'zoneCount' must be an integer from 2 to 4, got 5; load balancers and databases need two zones, the address plan has room for 4",
  ],
  [
    { zoneCount: 3 },
    "'zoneCount' must be at most the 2 zones that the CDK knows of eu-south-2, got 3; name them with 'availabilityZones'",
  ],
])('refuses %j', (props, message) => {
  expect(refusal(() => network(props, ZONES))).toBe(`[Test/Network] ${message}`);
});

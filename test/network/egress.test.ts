import { Lazy } from 'aws-cdk-lib';
import { type ElasticIpAttributes, NatStrategy } from '../../src/network';
import { RecordedAlerts } from '../support/alerts';
import { resourcesOf, templateOf } from '../support/stacks';
import { define, refusal, ZONES } from './fixture';

const NAT = 'AWS::EC2::NatGateway';
const EIPS: ElasticIpAttributes[] = [
  { allocationId: 'eipalloc-0a1b2c3d4e5f60718', address: '203.0.113.20' },
  { allocationId: 'eipalloc-0a1b2c3d', address: '203.0.113.21' },
];

/** Which gateway the default route of each private subnet takes. */
function routesOf(natStrategy: NatStrategy): string[] {
  return resourcesOf(define({ natStrategy }).stack, 'AWS::EC2::Route')
    .filter(([, { Properties }]) => Properties.NatGatewayId)
    .map(([, { Properties }]) => Properties.NatGatewayId.Ref ?? Properties.NatGatewayId['Fn::GetAtt'][0]);
}

test('each zone leaves by its own gateway, or all by one, or none', () => {
  expect(routesOf(NatStrategy.perZone())).toEqual([
    'NetworkVpcPublicSubnet1NATGateway64781A21',
    'NetworkVpcPublicSubnet2NATGateway42CB86F5',
  ]);
  expect(routesOf(NatStrategy.single())).toEqual(Array(2).fill('NetworkVpcPublicSubnet1NATGateway64781A21'));
  expect(routesOf(NatStrategy.regional())).toEqual(Array(2).fill('NetworkVpcRegionalNatGateway3B91738F'));
  expect(routesOf(NatStrategy.none())).toEqual([]);
  expect(define({ natStrategy: NatStrategy.none() }).network.egressAddresses).toEqual([]);
});

test('a regional gateway has an address of ours in each zone, so that AWS adds none by itself', () => {
  const { stack, network } = define({ natStrategy: NatStrategy.regional() });
  const address = (index: number, attribute: string) => ({
    'Fn::GetAtt': [Object.keys(templateOf(stack).findResources('AWS::EC2::EIP'))[index], attribute],
  });
  const [[, gateway]] = resourcesOf(stack, NAT);
  expect(gateway).toMatchObject({
    DependsOn: expect.arrayContaining(['NetworkVpcPublicSubnet1DefaultRoute31EC04EC']),
    Properties: {
      AvailabilityMode: 'regional',
      ConnectivityType: 'public',
      VpcId: { Ref: 'NetworkVpc7FB7348F' },
      AvailabilityZoneAddresses: ZONES.map((AvailabilityZone, index) => ({
        AvailabilityZone,
        AllocationIds: [address(index, 'AllocationId')],
      })),
    },
  });
  expect(stack.resolve(network.egressAddresses)).toEqual([address(0, 'PublicIp'), address(1, 'PublicIp')]);
});

test('a regional gateway is watched in each zone', () => {
  const { stack } = define({ natStrategy: NatStrategy.regional(), alerts: new RecordedAlerts() });
  const dimensions = resourcesOf(stack, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) =>
    Properties.Dimensions.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]),
  );
  const gateway = { 'Fn::GetAtt': ['NetworkVpcRegionalNatGateway3B91738F', 'NatGatewayId'] };
  expect(dimensions).toHaveLength(4);
  for (const zone of ZONES) {
    expect(dimensions).toContainEqual([
      ['AvailabilityZone', zone],
      ['NatGatewayId', gateway],
    ]);
  }
});

test.each([
  ['perZone', NatStrategy.perZone({ elasticIps: EIPS }), EIPS],
  ['single', NatStrategy.single({ elasticIps: EIPS.slice(1) }), EIPS.slice(1)],
  ['regional', NatStrategy.regional({ elasticIps: EIPS }), EIPS],
])('%s leaves by addresses that exist already', (_name, natStrategy, elasticIps) => {
  const { stack, network } = define({ natStrategy });
  templateOf(stack).resourceCountIs('AWS::EC2::EIP', 0);
  expect(network.egressAddresses).toEqual(elasticIps.map(({ address }) => address));
  const used = resourcesOf(stack, NAT).flatMap(([, { Properties: p }]) =>
    p.AllocationId
      ? [p.AllocationId]
      : p.AvailabilityZoneAddresses.flatMap((it: Record<string, string[]>) => it.AllocationIds),
  );
  expect(used).toEqual(elasticIps.map(({ allocationId }) => allocationId));
});

test('tokens pass', () => {
  const token = (value: string) => Lazy.string({ produce: () => value });
  const elasticIps = [{ allocationId: token('eipalloc-0a1b2c3d'), address: token('203.0.113.20') }];
  expect(refusal(() => define({ natStrategy: NatStrategy.single({ elasticIps }) }))).toBe('accepted');
});

test.each<[NatStrategy, string]>([
  [
    NatStrategy.perZone({ elasticIps: EIPS.slice(1) }),
    "'elasticIps' must be as many as the strategy uses, 2, got 1; leave them out to have them allocated",
  ],
  [
    NatStrategy.single({ elasticIps: EIPS }),
    "'elasticIps' must be as many as the strategy uses, 1, got 2; leave them out to have them allocated",
  ],
  [
    NatStrategy.single({ elasticIps: [{ ...EIPS[0], allocationId: 'abc' }] }),
    "'allocationId' must be the id of an Elastic IP address, such as eipalloc-0a1b2c3d4e5f60718, got abc; the VPC console shows it",
  ],
  [
    NatStrategy.single({ elasticIps: [{ ...EIPS[0], address: 'abc' }] }),
    "'address' must be an IPv4 address such as 203.0.113.20, got abc",
  ],
  [
    NatStrategy.perZone({ elasticIps: [EIPS[0], EIPS[0]] }),
    "'elasticIps' must name each address once, got eipalloc-0a1b2c3d4e5f60718 twice",
  ],
])('refuses wrong addresses %#', (natStrategy, message) => {
  expect(refusal(() => define({ natStrategy }))).toBe(`[Test/Network] ${message}`);
});

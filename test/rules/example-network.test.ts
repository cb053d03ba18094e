import { App, type Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { type ChargingPlatformNetwork, NetworkTier } from '../../src';
import { chargingPlatform } from '../integ/charging-platform.integ';
import { smallPlatform } from '../integ/small-platform.integ';
import { type Attempt, PacketWalk } from '../network/packet-walk';

// biome-ignore lint/suspicious/noExplicitAny: templates are free JSON
type Json = any;

const INTERNET = '198.51.100.7';
const STAFF = '192.168.7.7';

interface Example {
  readonly walk: PacketWalk;
  /** Address of a machine in a tier and zone. */
  at(tier: NetworkTier, zone: number): string;
}

/** The network of the platform itself, of all stacks of an example. */
function exampleOf(define: (app: App) => void, stackId: string): Example {
  const app = new App();
  define(app);
  const stack = app.node.findChild(stackId) as Stack;
  const network = stack.node.findChild('Network') as ChargingPlatformNetwork;
  const vpcId = stack.getLogicalId(network.vpc.node.defaultChild as ec2.CfnVPC);
  const at = (tier: NetworkTier, zone: number) => network.addressPlan.subnetCidr(tier, zone).replace(/\d+\/\d+$/, '10');
  return { walk: new PacketWalk(stack, vpcId), at };
}

const { PUBLIC, PRIVATE, DATA } = NetworkTier;
const PLATFORM = exampleOf(chargingPlatform, 'ChargingPlatform');

describe.each([
  ['charging-platform', PLATFORM],
  ['small-platform', exampleOf(smallPlatform, 'SmallPlatform')],
])('the network of %s', (_name, { walk, at }) => {
  test.each<[string, Attempt]>([
    ['client → load balancer', { from: INTERNET, to: at(PUBLIC, 0), port: 443, publicAddress: true }],
    ['load balancer → machine, public', { from: at(PUBLIC, 0), to: at(PUBLIC, 1), port: 8080 }],
    ['load balancer → machine, private', { from: at(PUBLIC, 0), to: at(PRIVATE, 1), port: 8080 }],
    ['machine → proxy', { from: at(PUBLIC, 1), to: at(DATA, 0), port: 3306 }],
    ['proxy → database', { from: at(DATA, 0), to: at(DATA, 1), port: 33306 }],
    ['machine, private → internet', { from: at(PRIVATE, 1), to: INTERNET, port: 443 }],
    ['machine, public → internet', { from: at(PUBLIC, 1), to: INTERNET, port: 443, publicAddress: true }],
  ])('lets pass: %s', (_flow, attempt) => {
    expect(walk.try(attempt)).toBe('passes');
  });

  test('keeps the data tier apart', () => {
    const data = { port: 3306, publicAddress: true };
    expect(walk.try({ ...data, from: INTERNET, to: at(DATA, 0) })).toMatch(/^dropped entering/);
    expect(walk.try({ ...data, from: at(DATA, 0), to: INTERNET })).toMatch(/^dropped leaving/);
    expect(walk.try({ ...data, from: STAFF, to: at(DATA, 0) })).toMatch(/^dropped entering/);
  });
});

test.each([chargingPlatform, smallPlatform])(
  '%p opens nothing to the world for administration or databases',
  (define) => {
    const app = new App();
    define(app);
    const resources = app.synth().stacks.flatMap(({ template }) => Object.values<Json>(template.Resources));
    const ofType = (type: string) => resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
    const rules = [
      ...ofType('AWS::EC2::SecurityGroup').flatMap(({ SecurityGroupIngress }) => SecurityGroupIngress ?? []),
      ...ofType('AWS::EC2::SecurityGroupIngress'),
    ];
    const worldly = rules.filter(({ CidrIp, CidrIpv6 }) => CidrIp === '0.0.0.0/0' || CidrIpv6 === '::/0');
    const open = [22, 3306, 3389, 33306].flatMap((port) =>
      worldly.filter(({ IpProtocol, FromPort, ToPort }) => IpProtocol === '-1' || (FromPort <= port && port <= ToPort)),
    );
    expect(worldly.length).toBeGreaterThan(0);
    expect(open).toEqual([]);
    expect(ofType('Custom::VpcRestrictDefaultSG')).toHaveLength(ofType('AWS::EC2::VPC').length);
  },
);

test('staff and peers reach the machines of charging-platform, where the seed has them', () => {
  const { walk, at } = PLATFORM;
  expect(walk.try({ from: STAFF, to: at(PUBLIC, 0), port: 22 })).toBe('passes');
  expect(walk.try({ from: STAFF, to: at(PRIVATE, 0), port: 22 })).toBe('passes');
  expect(walk.try({ from: '10.30.0.10', to: at(PUBLIC, 0), port: 443 })).toBe('passes');
});

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import {
  AddressPlan,
  ChargingPlatformNetwork,
  type ChargingPlatformNetworkProps,
  NatStrategy,
  NetworkTier,
} from '../../src/network';
import { newStack, resourcesOf } from '../support/stacks';
import { define, refusal, THREE_ZONES, ZONES } from './fixture';
import { type Attempt, PacketWalk } from './packet-walk';

const ENTRY = 'AWS::EC2::NetworkAclEntry';

/** An address in the first (1), second (2) zone of each tier. */
const PUBLIC = { 1: '10.20.0.10', 2: '10.20.16.10' };
const PRIVATE = { 1: '10.20.64.10', 2: '10.20.80.10' };
const DATA = { 1: '10.20.128.10', 2: '10.20.144.10' };
const INTERNET = '198.51.100.7';
const STAFF = '192.168.7.7';
const ANALYTICS = '10.30.0.10';
const DENIED = '203.0.113.66';

function platform(props: ChargingPlatformNetworkProps = {}): PacketWalk {
  const stack = newStack();
  const peerVpc = new ec2.Vpc(stack, 'Analytics', {
    ipAddresses: ec2.IpAddresses.cidr('10.30.0.0/16'),
    availabilityZones: ['eu-south-2a'],
  });
  const { network } = define({ deniedCidrs: ['203.0.113.64/28', '2001:db8:bad::/48'], ...props }, stack);
  network.addVpn('Headquarters', { customerGateway: '203.0.113.10', remoteCidrs: ['192.168.0.0/16'] });
  network.addPeering('Analytics', { peerVpc });
  return new PacketWalk(stack, stack.getLogicalId(network.vpc.node.defaultChild as ec2.CfnVPC));
}

describe('packets', () => {
  const walk = platform();
  const machines: [string, string][] = [
    ['public', PUBLIC[1]],
    ['private', PRIVATE[1]],
  ];

  test.each<[string, Attempt]>([
    ['client → load balancer', { from: INTERNET, to: PUBLIC[1], port: 443, publicAddress: true }],
    ['client → load balancer, to be sent to HTTPS', { from: INTERNET, to: PUBLIC[2], port: 80, publicAddress: true }],
    ['charge point → network load balancer', { from: INTERNET, to: PUBLIC[2], port: 8443, publicAddress: true }],
    ['load balancer → machine, private', { from: PUBLIC[1], to: PRIVATE[2], port: 8080 }],
    ['load balancer → machine, public', { from: PUBLIC[1], to: PUBLIC[2], port: 8080 }],
    ['machine → proxy, private', { from: PRIVATE[1], to: DATA[1], port: 3306 }],
    ['machine → proxy, public', { from: PUBLIC[2], to: DATA[1], port: 3306 }],
    ['proxy → database', { from: DATA[1], to: DATA[2], port: 33306 }],
    ['proxy → database of the same zone', { from: DATA[1], to: '10.20.128.200', port: 33306 }],
    ['machine → internet through NAT', { from: PRIVATE[1], to: INTERNET, port: 443 }],
    ['machine → internet directly', { from: PUBLIC[1], to: INTERNET, port: 443, publicAddress: true }],
    ['machine → time server', { from: PRIVATE[2], to: INTERNET, port: 123, protocol: 17 }],
    ['staff → machine, private', { from: STAFF, to: PRIVATE[1], port: 22 }],
    ['staff → machine, public', { from: STAFF, to: PUBLIC[1], port: 9090 }],
    ['machine → staff network', { from: PRIVATE[2], to: STAFF, port: 514 }],
    ['peer → machine, public', { from: ANALYTICS, to: PUBLIC[1], port: 443 }],
    ['machine, public → peer', { from: PUBLIC[1], to: ANALYTICS, port: 5432 }],
  ])('pass: %s', (_flow, attempt) => {
    expect(walk.try(attempt)).toBe('passes');
  });

  test.each<[string, Attempt, RegExp]>([
    ['internet → data', { from: INTERNET, to: DATA[1], port: 3306, publicAddress: true }, /^dropped entering .*Data/],
    ['data → internet', { from: DATA[1], to: INTERNET, port: 443, publicAddress: true }, /^dropped leaving .*Data/],
    ['staff → data', { from: STAFF, to: DATA[1], port: 3306 }, /^dropped entering .*Data/],
    ['peer → data', { from: ANALYTICS, to: DATA[2], port: 3306 }, /^dropped entering .*Data/],
    ['machine → data, another port', { from: PRIVATE[1], to: DATA[1], port: 22 }, /^dropped entering .*Data/],
    ['data → machine, well-known port', { from: DATA[1], to: PRIVATE[1], port: 443 }, /^dropped leaving .*Data/],
    ['peer → private, not joined', { from: ANALYTICS, to: PRIVATE[1], port: 22 }, /^dropped entering .*Private/],
    ['peer → private, open port', { from: ANALYTICS, to: PRIVATE[1], port: 443 }, /^no route from .*Private/],
    ['internet → machine, SSH', { from: INTERNET, to: PUBLIC[1], port: 22, publicAddress: true }, /^dropped entering/],
    ['internet → private', { from: INTERNET, to: PRIVATE[1], port: 443, publicAddress: true }, /^no route from/],
    ['private address → internet', { from: PUBLIC[1], to: INTERNET, port: 443 }, /^no public address/],
  ])('end: %s', (_flow, attempt, where) => {
    expect(walk.try(attempt)).toMatch(where);
  });

  test.each([...machines, ['data', DATA[1]]])('end: a denied range → %s and back', (_tier, machine) => {
    const attempt = { port: 443, publicAddress: true };
    expect(walk.try({ ...attempt, from: DENIED, to: machine })).toMatch(/^dropped entering/);
    expect(walk.try({ ...attempt, from: machine, to: DENIED })).toMatch(/^dropped leaving/);
    expect(walk.try({ ...attempt, from: '203.0.113.80', to: PUBLIC[1] })).toBe('passes');
  });

  test.each([
    ['single', NatStrategy.single()],
    ['regional', NatStrategy.regional()],
  ])('pass: machine → internet, %s NAT', (_name, natStrategy) => {
    const other = platform({ natStrategy });
    expect(other.try({ from: PRIVATE[2], to: INTERNET, port: 443 })).toBe('passes');
    expect(other.try({ from: DATA[1], to: INTERNET, port: 443 })).toMatch(/^dropped leaving/);
  });

  test('end: machine → internet without NAT', () => {
    const walkWithout = platform({ natStrategy: NatStrategy.none() });
    expect(walkWithout.try({ from: PRIVATE[1], to: INTERNET, port: 443 })).toMatch(/^no route from .*Private/);
    expect(walkWithout.try({ from: PUBLIC[1], to: INTERNET, port: 443, publicAddress: true })).toBe('passes');
  });

  test('pass: between two networks, both ways, but never data', () => {
    const { stack, network } = define();
    const analytics = new ChargingPlatformNetwork(stack, 'Analytics', {
      addressPlan: AddressPlan.fromCidr('10.30.0.0/20'),
      availabilityZones: ZONES,
    });
    network.addPeering('Analytics', { peerVpc: analytics.vpc });
    const vpcId = (it: ChargingPlatformNetwork) => stack.getLogicalId(it.vpc.node.defaultChild as ec2.CfnVPC);
    const [here, there] = [network, analytics].map((it) => new PacketWalk(stack, vpcId(it)));
    for (const machine of ['10.30.0.10', '10.30.4.10']) {
      const attempt = { from: PUBLIC[1], to: machine, port: 22 };
      expect([here.try(attempt), there.try(attempt)]).toEqual(['passes', 'passes']);
    }
    expect(there.try({ from: PUBLIC[1], to: '10.30.8.10', port: 3306 })).toMatch(/^dropped entering .*Data/);
    expect(there.try({ from: '10.30.8.10', to: PUBLIC[1], port: 443 })).toMatch(/^dropped leaving .*Data/);
    const toData = resourcesOf(stack, 'AWS::EC2::Route').filter(([, { Properties }]) =>
      Properties.RouteTableId.Ref.includes('Data'),
    );
    expect(toData).toEqual([]);
    expect(refusal(() => analytics.addPeering('Back', { peerVpc: network.vpc }))).toBe(
      "[Test/Analytics] 'peerVpc' must not overlap other ranges, got 10.20.0.0/16, which overlaps 10.20.0.0/16 of peering 'Test/Network/Peerings/Analytics'; one of the two must be renumbered or narrowed",
    );
  });

  test('end: a network that BGP announces beyond those let in', () => {
    const { stack, network } = define();
    network.addVpn('Office', { customerGateway: '203.0.113.10', remoteCidrs: ['192.168.0.0/16'], bgpAsn: 65010 });
    const vpc = stack.getLogicalId(network.vpc.node.defaultChild as ec2.CfnVPC);
    const learning = new PacketWalk(stack, vpc, ['192.168.0.0/16', '172.20.0.0/16', '0.0.0.0/0']);
    expect(learning.try({ from: STAFF, to: PRIVATE[1], port: 22 })).toBe('passes');
    expect(learning.try({ from: '172.20.0.1', to: PRIVATE[1], port: 22 })).toMatch(/^dropped entering/);
    expect(learning.try({ from: DATA[1], to: INTERNET, port: 443 })).toMatch(/^dropped leaving/);
    expect(learning.try({ from: PRIVATE[1], to: INTERNET, port: 443 })).toBe('passes');
  });
});

function rulesOf(props: ChargingPlatformNetworkProps, tier: string, egress = false) {
  return resourcesOf(define(props).stack, ENTRY)
    .filter(([id, { Properties }]) => id.startsWith(`Network${tier}Filter`) && (Properties.Egress ?? false) === egress)
    .map(([, { Properties: p }]) => {
      const ports = p.PortRange ? ` ${p.PortRange.From}-${p.PortRange.To}` : '';
      return `${p.RuleNumber} ${p.RuleAction} ${p.Protocol}${ports} ${p.CidrBlock ?? p.Ipv6CidrBlock}`;
    });
}

test('the data tier talks to the VPC only', () => {
  expect(rulesOf({}, 'Data')).toEqual([
    '1000 allow 6 3306-3306 10.20.0.0/16',
    '1010 allow 6 33306-33306 10.20.0.0/16',
    '1090 allow 6 1024-65535 10.20.128.0/18',
  ]);
  expect(rulesOf({}, 'Data', true)).toEqual(['1090 allow 6 1024-65535 10.20.0.0/16']);
  expect(rulesOf({ dataPorts: [389] }, 'Data', true)).toEqual([
    '1000 allow 6 389-389 10.20.0.0/16',
    '1090 allow 6 1024-65535 10.20.0.0/16',
  ]);
});

test.each(['Public', 'Private'])('the %s tier is open to the web and to answers', (tier) => {
  expect(rulesOf({}, tier)).toEqual([
    '1000 allow -1 10.20.0.0/16',
    '1010 allow 6 80-80 0.0.0.0/0',
    '1020 allow 6 443-443 0.0.0.0/0',
    '1030 allow 6 1024-65535 0.0.0.0/0',
    '1040 allow 17 1024-65535 0.0.0.0/0',
    '1050 allow 1 0.0.0.0/0',
  ]);
  expect(rulesOf({}, tier, true)).toEqual(['1000 allow -1 0.0.0.0/0']);
});

test.each(['Public', 'Private', 'Data'])('denied ranges come before every allow of the %s tier, both ways', (tier) => {
  const props = { deniedCidrs: ['203.0.113.64/28', '2001:db8:bad::/48'] };
  for (const egress of [false, true]) {
    const [first, second, ...others] = rulesOf(props, tier, egress);
    expect([first, second]).toEqual(['1 deny -1 203.0.113.64/28', '2 deny -1 2001:db8:bad::/48']);
    expect(others.every((rule) => rule.includes('allow'))).toBe(true);
  }
});

test('each subnet, of a third zone too, has the network ACL of its tier', () => {
  const { stack } = define({ availabilityZones: THREE_ZONES });
  const associations = resourcesOf(stack, 'AWS::EC2::SubnetNetworkAclAssociation').map(
    ([, { Properties }]) => `${Properties.SubnetId.Ref} ${Properties.NetworkAclId.Ref}`,
  );
  expect(associations).toHaveLength(9);
  for (const tier of Object.values(NetworkTier)) {
    const own = associations.filter((line) =>
      new RegExp(`^NetworkVpc${tier}Subnet\\w+ Network${tier}Filter`).test(line),
    );
    expect(own).toHaveLength(3);
  }
});

describe('the quota', () => {
  const some = (count: number) => Array.from({ length: count }, (_, index) => `198.51.100.${index}/32`);
  const six = (count: number) => Array.from({ length: count }, (_, index) => `2001:db8:${index}::/48`);
  const message = (room: number, kind: string) =>
    `[Test/Network/PublicFilter] the network ACL of a tier must have at most ${room} ${kind} rules and AWS's own last one, got more; join ranges of 'deniedCidrs', VPNs and peerings into wider ones, or have the quota raised and say so with 'networkAclQuota'`;

  test.each([
    [20, 13, 19],
    [40, 33, 39],
  ])('of %d leaves %d denied IPv4 and %d IPv6 ranges', (networkAclQuota, fits, fits6) => {
    expect(refusal(() => define({ networkAclQuota, deniedCidrs: [...some(fits), ...six(fits6)] }))).toBe('accepted');
    expect(refusal(() => define({ networkAclQuota, deniedCidrs: some(fits + 1) }))).toBe(
      message(networkAclQuota - 1, 'inbound IPv4'),
    );
    expect(refusal(() => define({ networkAclQuota, deniedCidrs: six(fits6 + 1) }))).toBe(
      message(networkAclQuota - 1, 'inbound IPv6'),
    );
  });

  test('counts VPNs and peerings', () => {
    const { network } = define({ deniedCidrs: some(12) });
    const vpn = (end: number) => ({ customerGateway: `203.0.113.${end}`, remoteCidrs: [`192.168.${end}.0/24`] });
    network.addVpn('First', vpn(1));
    expect(refusal(() => network.addVpn('Second', vpn(2)))).toBe(message(19, 'inbound IPv4'));
  });

  test.each([19, 41, 20.5])('is not %d', (networkAclQuota) => {
    expect(refusal(() => define({ networkAclQuota }))).toBe(
      `[Test/Network] 'networkAclQuota' must be an integer from 20 to 40, got ${networkAclQuota}; AWS raises it no further`,
    );
  });
});

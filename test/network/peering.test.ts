import { App, Lazy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { NetworkTier, type PeeringOptions, PeeringReturnRoutes } from '../../src/network';
import { newStack, resourcesOf, SPAIN, templateOf } from '../support/stacks';
import { define, refusal } from './fixture';

const CONNECTION = 'AWS::EC2::VPCPeeringConnection';
const IRELAND = { account: SPAIN.account, region: 'eu-west-1' };
const PARTNER = '444455556666';

function vpcIn(stack: Stack, cidr = '10.30.0.0/16', id = 'Analytics'): ec2.Vpc {
  return new ec2.Vpc(stack, id, {
    ipAddresses: ec2.IpAddresses.cidr(cidr),
    availabilityZones: [`${stack.region}a`],
    natGateways: 1,
  });
}

function imported(stack: Stack, attributes: Partial<ec2.VpcAttributes> = {}): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Imported', {
    vpcId: 'vpc-0a1b2c3d',
    vpcCidrBlock: '10.30.0.0/16',
    availabilityZones: ['eu-south-2a'],
    ...attributes,
  });
}

/** Routes through a peering, as `table → CIDR`. */
function routesOf(stack: Stack): string[] {
  return resourcesOf(stack, 'AWS::EC2::Route')
    .filter(([, { Properties }]) => Properties.VpcPeeringConnectionId)
    .map(([, { Properties: p }]) => {
      const table = p.RouteTableId.Ref ?? p.RouteTableId['Fn::ImportValue'] ?? p.RouteTableId;
      const destination = p.DestinationCidrBlock;
      return `${table.replace(/^Network(Vpc)?/, '').replace(/RouteTable\w+$/, '')} → ${destination}`;
    });
}

describe('within an app', () => {
  test('routes lead from public subnets there, and from all subnets there back', () => {
    const stack = newStack();
    const { network } = define({}, stack);
    const id = network.addPeering('Analytics', { peerVpc: vpcIn(stack) });
    templateOf(stack).hasResource(CONNECTION, {
      Properties: { VpcId: { Ref: 'NetworkVpc7FB7348F' }, PeerVpcId: { Ref: 'Analytics0CFCBF3B' } },
    });
    expect(Object.keys(resourcesOf(stack, CONNECTION)[0][1].Properties).sort()).toEqual(['PeerVpcId', 'VpcId']);
    expect(routesOf(stack)).toEqual([
      'PublicSubnet1 → 10.30.0.0/16',
      'PublicSubnet2 → 10.30.0.0/16',
      'AnalyticsPublicSubnet1 → 10.20.0.0/16',
      'AnalyticsPrivateSubnet1 → 10.20.0.0/16',
    ]);
    expect(stack.resolve(id)).toEqual({ Ref: resourcesOf(stack, CONNECTION)[0][0] });
  });

  test('tiers, ranges and subnets of the other side are chosen', () => {
    const stack = newStack();
    const { network } = define({}, stack);
    network.addPeering('Analytics', {
      peerVpc: vpcIn(stack),
      peerCidrs: ['10.30.8.0/24', '100.70.0.0/16'],
      tiers: [NetworkTier.PRIVATE],
      peerSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    });
    expect(routesOf(stack)).toEqual([
      'PrivateSubnet1 → 10.30.8.0/24',
      'PrivateSubnet2 → 10.30.8.0/24',
      'PrivateSubnet1 → 100.70.0.0/16',
      'PrivateSubnet2 → 100.70.0.0/16',
      'AnalyticsPrivateSubnet1 → 10.20.0.0/16',
    ]);
  });

  test('a VPC of another stack is told its way back from here', () => {
    const app = new App();
    const other = new Stack(app, 'Other', { env: SPAIN });
    const peerVpc = vpcIn(other);
    const stack = new Stack(app, 'Test', { env: SPAIN });
    define({}, stack).network.addPeering('Analytics', { peerVpc });
    expect(routesOf(stack)).toHaveLength(4);
    expect(routesOf(other)).toEqual([]);
  });
});

test('a VPC that is imported needs its route tables, each of which learns once', () => {
  const stack = newStack();
  const { network } = define({}, stack);
  const peerVpc = imported(stack, {
    privateSubnetIds: ['subnet-1', 'subnet-2'],
    privateSubnetRouteTableIds: ['rtb-1', 'rtb-1'],
    availabilityZones: ['eu-south-2a', 'eu-south-2b'],
  });
  network.addPeering('Analytics', { peerVpc });
  expect(routesOf(stack).slice(2)).toEqual(['rtb-1 → 10.20.0.0/16']);
});

describe('to another region', () => {
  test('is requested there, by a weak reference, without a custom resource', () => {
    const app = new App();
    const ireland = new Stack(app, 'Ireland', { env: IRELAND });
    const peerVpc = vpcIn(ireland);
    const stack = new Stack(app, 'Test', { env: SPAIN });
    const { network } = define({}, stack);
    const peeringId = network.addPeering('Analytics', { peerVpc });
    const back = new Stack(app, 'Back', { env: IRELAND });
    new PeeringReturnRoutes(back, 'Back', { vpc: peerVpc, peeringId, destinationCidr: network.addressPlan.cidr });

    templateOf(stack).hasResourceProperties(CONNECTION, {
      PeerRegion: 'eu-west-1',
      PeerVpcId: { 'Fn::GetStackOutput': { Region: 'eu-west-1', StackName: 'Ireland' } },
    });
    expect(routesOf(stack)).toEqual(['PublicSubnet1 → 10.30.0.0/16', 'PublicSubnet2 → 10.30.0.0/16']);
    const routes = resourcesOf(back, 'AWS::EC2::Route').map(([, { Properties }]) => Properties);
    expect(routes).toHaveLength(2);
    for (const route of routes) {
      expect(route).toMatchObject({
        DestinationCidrBlock: '10.20.0.0/16',
        VpcPeeringConnectionId: { 'Fn::GetStackOutput': { Region: 'eu-south-2', StackName: 'Test' } },
      });
    }
    const custom = [stack, ireland, back]
      .flatMap((it) => Object.values<{ Type: string }>(templateOf(it).toJSON().Resources))
      .filter(({ Type }) => Type.startsWith('Custom::') && Type !== 'Custom::VpcRestrictDefaultSG');
    expect(custom).toEqual([]);
  });

  test('takes an imported VPC too', () => {
    const stack = newStack();
    define({}, stack).network.addPeering('Analytics', { peerVpc: imported(stack, { region: 'eu-west-1' }) });
    templateOf(stack).hasResourceProperties(CONNECTION, { PeerRegion: 'eu-west-1', PeerVpcId: 'vpc-0a1b2c3d' });
  });
});

test('to another account it is accepted by a role there', () => {
  const stack = newStack();
  const peerRole = iam.Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${PARTNER}:role/peering`);
  define({}, stack).network.addPeering('Partner', { peerVpc: imported(stack), peerAccount: PARTNER, peerRole });
  templateOf(stack).hasResourceProperties(CONNECTION, {
    PeerOwnerId: PARTNER,
    PeerRoleArn: `arn:aws:iam::${PARTNER}:role/peering`,
  });
  expect(routesOf(stack)).toEqual(['PublicSubnet1 → 10.30.0.0/16', 'PublicSubnet2 → 10.30.0.0/16']);
});

describe('refuses', () => {
  function add(options: (stack: Stack) => Partial<PeeringOptions>): string {
    const stack = newStack();
    const { network } = define({}, stack);
    return refusal(() => network.addPeering('Peer', { peerVpc: imported(stack), ...options(stack) }));
  }
  const role = (stack: Stack) => iam.Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${PARTNER}:role/peering`);

  test.each<[string, (stack: Stack) => Partial<PeeringOptions>, string]>([
    [
      'another account without role',
      () => ({ peerAccount: PARTNER }),
      `'peerRole' must be given for a VPC of another account, got none for ${PARTNER}; it is a role there that may accept the peering`,
    ],
    [
      'a role without account',
      (stack) => ({ peerRole: role(stack) }),
      "'peerRole' must be left out without 'peerAccount', got a role; a peering within one account accepts itself",
    ],
    ['rubbish for an account', () => ({ peerAccount: 'abc' }), "'peerAccount' must be 12 digits, got abc"],
    [
      'its own account',
      () => ({ peerAccount: SPAIN.account as string }),
      `'peerAccount' must be another account than the network's, got ${SPAIN.account}; leave it out`,
    ],
    ['no ranges', () => ({ peerCidrs: [] }), "'peerCidrs' must name at least one range of the other VPC, got none"],
    [
      'rubbish for a range',
      () => ({ peerCidrs: ['abc'] }),
      "'peerCidrs' must be an IPv4 CIDR such as 10.20.0.0/16, got abc",
    ],
    [
      'an overlap',
      () => ({ peerCidrs: ['10.20.128.0/20'] }),
      "'peerCidrs' must not overlap other ranges, got 10.20.128.0/20, which overlaps 10.20.0.0/16 of the network itself; one of the two must be renumbered or narrowed",
    ],
    [
      'the data tier',
      () => ({ tiers: [NetworkTier.DATA] }),
      "'tiers' must be public or private, got the data tier; machines of these tiers ask the database for others",
    ],
    [
      'no tier',
      () => ({ tiers: [] }),
      "'tiers' must name at least one tier, got none; without it nothing would be reached",
    ],
    [
      'subnets of another region',
      (stack) => ({
        peerVpc: ec2.Vpc.fromVpcAttributes(stack, 'Far', {
          vpcId: 'vpc-0a1b2c3d',
          availabilityZones: ['eu-west-1a'],
          region: 'eu-west-1',
        }),
        peerCidrs: ['10.40.0.0/16'],
        peerSubnets: {},
      }),
      "'peerSubnets' must be left out for a VPC of another account or region, got some for eu-west-1; define PeeringReturnRoutes in a stack there",
    ],
  ])('%s', (_what, options, message) => {
    expect(add(options)).toBe(`[Test/Network] ${message}`);
  });

  test('an owned VPC that overlaps, whose CIDR is known though CDK tells a reference', () => {
    const stack = newStack();
    const { network } = define({}, stack);
    expect(refusal(() => network.addPeering('Peer', { peerVpc: vpcIn(stack, '10.20.64.0/20') }))).toBe(
      "[Test/Network] 'peerVpc' must not overlap other ranges, got 10.20.64.0/20, which overlaps 10.20.0.0/16 of the network itself; one of the two must be renumbered or narrowed",
    );
  });

  test('a VPC of another account in the same app, which references do not reach', () => {
    const app = new App();
    const peerVpc = vpcIn(new Stack(app, 'Partner', { env: { account: PARTNER, region: 'eu-south-2' } }));
    const { network } = define({}, new Stack(app, 'Test', { env: SPAIN }));
    expect(refusal(() => network.addPeering('Peer', { peerVpc }))).toBe(
      `[Test/Network] 'peerVpc' of another account must be imported with ec2.Vpc.fromVpcAttributes and its account told with 'peerAccount', got a VPC of ${PARTNER}; references do not cross accounts`,
    );
  });

  test('the same VPC twice, and a range that a VPN leads to', () => {
    const stack = newStack();
    const { network } = define({}, stack);
    const peerVpc = vpcIn(stack);
    network.addPeering('First', { peerVpc });
    expect(refusal(() => network.addPeering('Second', { peerVpc }))).toBe(
      "[Test/Network] 'peerVpc' must be joined once, got Test/Analytics again; name all its 'tiers' and 'peerCidrs' there",
    );
    network.addVpn('Office', { customerGateway: '203.0.113.10', remoteCidrs: ['192.168.0.0/16'] });
    expect(refusal(() => network.addPeering('Third', { peerVpc: vpcIn(stack, '192.168.4.0/22', 'Third') }))).toBe(
      "[Test/Network] 'peerVpc' must not overlap other ranges, got 192.168.4.0/22, which overlaps 192.168.0.0/16 of VPN 'Office'; one of the two must be renumbered or narrowed",
    );
  });

  test('an imported VPC without route tables', () => {
    const stack = newStack();
    const { network } = define({}, stack);
    const peerVpc = imported(stack, { privateSubnetIds: ['subnet-1'] });
    expect(refusal(() => network.addPeering('Peer', { peerVpc }))).toBe(
      "[Test/Network/Peerings/Peer] 'peerVpc' must know the route tables of its subnets, because the way back is added to them, got 0 for 1 subnets; give the route table ids where it is imported, or choose other subnets",
    );
  });
});

test('bears with the VPC that stands in until the CDK has looked it up', () => {
  const stack = newStack();
  const { network } = define({}, stack);
  const peerVpc = ec2.Vpc.fromLookup(stack, 'Peer', { vpcName: 'analytics' });
  expect(refusal(() => network.addPeering('Peer', { peerVpc }))).toBe('accepted');
});

test('refuses what is denied as a whole, and takes what is denied in part', () => {
  const stack = newStack();
  const { network } = define({ deniedCidrs: ['10.30.0.0/16', '10.41.7.0/24', '2001:db8::/32'] }, stack);
  expect(refusal(() => network.addPeering('Peer', { peerVpc: vpcIn(stack, '10.30.8.0/22') }))).toBe(
    "[Test/Network] 'peerVpc' must not lie in a denied range, got 10.30.8.0/22, which lies in 10.30.0.0/16 of 'deniedCidrs'; nothing would pass",
  );
  expect(refusal(() => network.addPeering('Part', { peerVpc: vpcIn(stack, '10.41.0.0/16', 'Part') }))).toBe('accepted');
});

test('tokens pass', () => {
  const stack = newStack();
  const { network } = define({}, stack);
  const token = (value: string) => Lazy.string({ produce: () => value });
  const peerCidrs = [token('10.30.0.0/16')];
  network.addPeering('Peer', {
    peerVpc: imported(stack),
    peerCidrs,
    peerAccount: token(PARTNER),
    peerRole: iam.Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${PARTNER}:role/peering`),
  });
  expect(routesOf(stack)).toHaveLength(2);
});

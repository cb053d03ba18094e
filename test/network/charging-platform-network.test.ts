import { App, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as cxapi from 'aws-cdk-lib/cx-api';
import {
  AddressPlan,
  ChargingPlatformNetwork,
  NatStrategy,
  NetworkTier,
  PeeringReturnRoutes,
  PlatformSecurityGroup,
} from '../../src/network';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { newStack, resourcesOf, SPAIN, templateOf } from '../support/stacks';
import { define, refusal, THREE_ZONES, ZONES } from './fixture';

const SUBNET = 'AWS::EC2::Subnet';
const ROUTE = 'AWS::EC2::Route';

/** Everything at once: what two copies, nag and the validator are shown. */
function defineAll(stack: Stack, id = 'Network', second = '10.20.0.0/16'): void {
  const network = new ChargingPlatformNetwork(stack, id, {
    addressPlan: AddressPlan.fromCidr(second),
    availabilityZones: ZONES,
    alerts: new RecordedAlerts(),
    deniedCidrs: ['198.51.100.0/24', '2001:db8::/32'],
    interfaceEndpoints: [ec2.InterfaceVpcEndpointAwsService.SSM, ec2.InterfaceVpcEndpointAwsService.ECR],
    outputEgressAddresses: true,
  });
  network.addVpn('Headquarters', { customerGateway: '203.0.113.10', remoteCidrs: ['192.168.0.0/16'] });
  network.addVpn('Office', { customerGateway: '203.0.113.11', remoteCidrs: ['172.20.0.0/16'], bgpAsn: 65010 });
  network.addPeering('Partner', {
    peerVpc: ec2.Vpc.fromVpcAttributes(stack, `${id}Partner`, {
      vpcId: 'vpc-0a1b2c3d',
      availabilityZones: ['eu-west-1a'],
      region: 'eu-west-1',
    }),
    peerCidrs: ['10.40.0.0/16'],
    peerAccount: '444455556666',
    peerRole: iam.Role.fromRoleArn(stack, `${id}PeerRole`, 'arn:aws:iam::444455556666:role/peering'),
    dnsResolution: true,
  });
  new PeeringReturnRoutes(stack, `${id}WayBack`, {
    vpc: network.vpc,
    peeringId: 'pcx-0a1b2c3d',
    destinationCidr: '10.50.0.0/16',
    dnsResolution: true,
  });
  new PlatformSecurityGroup(stack, `${id}Web`, {
    vpc: network.vpc,
    description: 'Web entrance',
    published: [{ port: ec2.Port.tcp(443), description: 'Web' }],
    allowed: [{ cidr: '198.51.100.0/24', port: ec2.Port.tcpRange(8000, 8010), description: 'Roaming partners' }],
  });
}

describe('by default', () => {
  const { stack, network } = define();
  const template = templateOf(stack);

  test('divides 10.20.0.0/16 over three tiers and two zones', () => {
    const subnets = resourcesOf(stack, SUBNET).map(
      ([id, { Properties: p }]) => `${id} ${p.CidrBlock} ${p.AvailabilityZone} ${p.MapPublicIpOnLaunch}`,
    );
    expect(subnets).toEqual([
      'NetworkVpcPublicSubnet1Subnet36933139 10.20.0.0/20 eu-south-2a false',
      'NetworkVpcPublicSubnet2SubnetC427CCE0 10.20.16.0/20 eu-south-2b false',
      'NetworkVpcPrivateSubnet1Subnet6DD86AE6 10.20.64.0/20 eu-south-2a false',
      'NetworkVpcPrivateSubnet2Subnet1BDBE877 10.20.80.0/20 eu-south-2b false',
      'NetworkVpcDataSubnet1SubnetC4E2CA79 10.20.128.0/20 eu-south-2a false',
      'NetworkVpcDataSubnet2Subnet1DE78234 10.20.144.0/20 eu-south-2b false',
    ]);
    expect(network.addressPlan.cidr).toBe('10.20.0.0/16');
  });

  test('gives other constructs the three kinds of subnets', () => {
    expect(network.vpc.publicSubnets).toHaveLength(2);
    expect(network.vpc.privateSubnets).toHaveLength(2);
    expect(network.vpc.isolatedSubnets).toHaveLength(2);
  });

  test('has a NAT gateway in each zone, each with an address that stays', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 2);
    for (const [, address] of resourcesOf(stack, 'AWS::EC2::EIP')) {
      expect([address.DeletionPolicy, address.UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
    }
    expect(stack.resolve(network.egressAddresses)).toEqual([
      { 'Fn::GetAtt': ['NetworkEgressAddress171076938', 'PublicIp'] },
      { 'Fn::GetAtt': ['NetworkEgressAddress23124FFE2', 'PublicIp'] },
    ]);
  });

  test('writes flow logs every minute to a bucket that keeps them 400 days and itself for ever', () => {
    const [[bucket, log]] = resourcesOf(stack, 'AWS::S3::Bucket');
    expect(log.DeletionPolicy).toBe('Retain');
    expect(log.Properties.LifecycleConfiguration.Rules[0]).toMatchObject({ ExpirationInDays: 400, Status: 'Enabled' });
    template.hasResourceProperties('AWS::EC2::FlowLog', {
      LogDestinationType: 's3',
      LogDestination: { 'Fn::GetAtt': [bucket, 'Arn'] },
      MaxAggregationInterval: 60,
      TrafficType: 'ALL',
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'delivery.logs.amazonaws.com' },
            Action: 's3:PutObject',
            Condition: Match.objectLike({ StringEquals: Match.objectLike({ 'aws:SourceAccount': SPAIN.account }) }),
          }),
        ]),
      },
    });
  });

  test('reaches S3 and DynamoDB from the machines, without a price', () => {
    const machines = resourcesOf(stack, 'AWS::EC2::RouteTable')
      .map(([id]) => id)
      .filter((id) => !id.includes('Data'));
    for (const [, { Properties }] of resourcesOf(stack, 'AWS::EC2::VPCEndpoint')) {
      expect(Properties.VpcEndpointType).toBe('Gateway');
      expect(Properties.RouteTableIds.map(({ Ref }: { Ref: string }) => Ref).sort()).toEqual(machines.sort());
    }
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 2);
  });

  test('locks the default security group', () => {
    template.resourceCountIs('Custom::VpcRestrictDefaultSG', 1);
  });

  test('has no VPN, no output and no alarm', () => {
    template.resourceCountIs('AWS::EC2::VPNGateway', 0);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    expect(template.findOutputs('*')).toEqual({});
  });

  test('keeps the logical ids of what must not be replaced', () => {
    const stateful = ['AWS::EC2::VPC', 'AWS::EC2::EIP', 'AWS::S3::Bucket', 'AWS::EC2::NatGateway'];
    expect(stateful.flatMap((type) => resourcesOf(stack, type).map(([id]) => id))).toEqual([
      'NetworkVpc7FB7348F',
      'NetworkEgressAddress171076938',
      'NetworkEgressAddress23124FFE2',
      'NetworkFlowLogBucket879F01A6',
      'NetworkVpcPublicSubnet1NATGateway64781A21',
      'NetworkVpcPublicSubnet2NATGateway42CB86F5',
    ]);
  });
});

describe('growth', () => {
  const resources = ({ stack }: { stack: Stack }): Record<string, unknown> =>
    Object.fromEntries(
      [SUBNET, 'AWS::EC2::VPC', 'AWS::EC2::EIP', 'AWS::EC2::NatGateway', ROUTE, 'AWS::EC2::NetworkAclEntry'].flatMap(
        (type) => resourcesOf(stack, type),
      ),
    );

  test.each([
    ['a third zone', THREE_ZONES, 3],
    ['a fourth zone', [...THREE_ZONES, 'eu-south-2d'], 4],
  ])('by %s changes nothing that is there', (_what, availabilityZones, zones) => {
    const before = resources(define());
    const grown = define({ availabilityZones });
    const after = resources(grown);
    expect(Object.fromEntries(Object.keys(before).map((id) => [id, after[id]]))).toEqual(before);
    templateOf(grown.stack).resourceCountIs(SUBNET, 3 * zones);
  });

  test('by a zone through the count alone', () => {
    const env = { zoneCount: 2 };
    const before = resources(define(env, new Stack(new App(), 'Test')));
    const after = resources(define({ zoneCount: 3 }, new Stack(new App(), 'Test')));
    expect(Object.fromEntries(Object.keys(before).map((id) => [id, after[id]]))).toEqual(before);
  });

  test('by a tier of the user changes nothing that is there', () => {
    const before = resources(define());
    const grown = define();
    const { addressPlan, vpc } = grown.network;
    ZONES.forEach((availabilityZone, zone) => {
      const cidrBlock = addressPlan.spareSubnetCidr(zone);
      new ec2.PrivateSubnet(grown.stack, `Own${zone}`, { vpcId: vpc.vpcId, availabilityZone, cidrBlock });
    });
    expect(resources(grown)).toMatchObject(before);
  });
});

describe('change', () => {
  interface Configured {
    readonly vpns: string[];
    readonly peerCidrs: string[];
    readonly dataPorts: number[];
    readonly deniedCidrs: string[];
    readonly peerTables: string[];
  }
  const before: Configured = {
    vpns: ['1', '2', '3'],
    peerCidrs: ['10.30.0.0/24', '10.30.1.0/24'],
    dataPorts: [3306, 33060, 33306],
    deniedCidrs: ['198.51.100.0/24', '203.0.113.0/24'],
    peerTables: ['rtb-1', 'rtb-2'],
  };

  /** Each rule and route by logical id, as what AWS knows it by: two of one kind cannot be at the same time. */
  function identities({ vpns, peerCidrs, dataPorts, deniedCidrs, peerTables }: Configured): Map<string, string> {
    const { stack, network } = define({ dataPorts, deniedCidrs });
    for (const vpn of vpns) {
      network.addVpn(`Office${vpn}`, { customerGateway: `192.0.2.${vpn}`, remoteCidrs: [`192.168.${vpn}.0/24`] });
    }
    const peerVpc = ec2.Vpc.fromVpcAttributes(stack, 'Peer', {
      vpcId: 'vpc-0a1b2c3d',
      availabilityZones: ['eu-south-2a'],
      privateSubnetIds: peerTables.map((table) => `subnet-of-${table}`),
      privateSubnetRouteTableIds: peerTables,
    });
    network.addPeering('Peer', { peerVpc, peerCidrs });
    const entries = resourcesOf(stack, 'AWS::EC2::NetworkAclEntry').map(([id, { Properties: p }]): [string, string] => [
      id,
      `${p.NetworkAclId.Ref} ${p.Egress} ${p.RuleNumber}`,
    ]);
    const routes = resourcesOf(stack, ROUTE).map(([id, { Properties: p }]): [string, string] => [
      id,
      `${p.RouteTableId.Ref ?? p.RouteTableId} ${p.DestinationCidrBlock}`,
    ]);
    return new Map([...entries, ...routes]);
  }

  test.each<[string, Partial<Configured>]>([
    ['a VPN', { vpns: ['2', '3'] }],
    ['a range of a peering', { peerCidrs: ['10.30.1.0/24'] }],
    ['a data port', { dataPorts: [33060, 33306] }],
    ['a denied range', { deniedCidrs: ['203.0.113.0/24'] }],
    ['a subnet of the peer', { peerTables: ['rtb-2'] }],
  ])('without the first of several, %s, nothing takes the place of what is not gone yet', (_what, less) => {
    const old = identities(before);
    const places = new Map([...old].map(([id, place]) => [place, id]));
    const now = identities({ ...before, ...less });
    expect(now.size).toBeLessThan(old.size);
    const taken = [...now].filter(([id, place]) => places.has(place) && places.get(place) !== id);
    expect(taken).toEqual([]);
  });
});

describe('the data tier', () => {
  const strategies = {
    perZone: NatStrategy.perZone(),
    single: NatStrategy.single(),
    regional: NatStrategy.regional(),
    none: NatStrategy.none(),
  };

  test.each(Object.entries(strategies))('has no way out, with NAT %s, VPNs and peerings', (_name, natStrategy) => {
    const stack = newStack();
    const peerVpc = new ec2.Vpc(stack, 'Peer', {
      ipAddresses: ec2.IpAddresses.cidr('10.30.0.0/16'),
      availabilityZones: ['eu-south-2a'],
    });
    const { network } = define({ natStrategy, availabilityZones: THREE_ZONES }, stack);
    const tiers = [NetworkTier.PUBLIC, NetworkTier.PRIVATE];
    network.addVpn('Static', { customerGateway: '203.0.113.10', remoteCidrs: ['192.168.0.0/16'], tiers });
    network.addVpn('Bgp', { customerGateway: '203.0.113.11', remoteCidrs: ['172.20.0.0/16'], bgpAsn: 65010, tiers });
    network.addPeering('Peer', { peerVpc, tiers });

    const isData = (table: { Ref: string }) => table.Ref.startsWith('NetworkVpcData');
    const routes = resourcesOf(stack, ROUTE).filter(([, { Properties }]) => isData(Properties.RouteTableId));
    const learnt = resourcesOf(stack, 'AWS::EC2::VPNGatewayRoutePropagation').flatMap(
      ([, { Properties }]) => Properties.RouteTableIds,
    );
    expect(routes).toEqual([]);
    expect(learnt).toHaveLength(6);
    expect(learnt.filter(isData)).toEqual([]);
  });
});

describe('props', () => {
  test('flow logs are kept as long as told, in whole days', () => {
    const at = '[Test/Network] ';
    const of = (flowLogRetention: Duration) => refusal(() => define({ flowLogRetention }));
    expect(of(Duration.days(1))).toBe('accepted');
    expect(of(Duration.days(0))).toBe(`${at}'flowLogRetention' must be 1 day or more, got 0 days`);
    expect(of(Duration.hours(36))).toBe(
      `${at}'flowLogRetention' must be whole days, got 1 day 12 hours; S3 deletes objects by the day`,
    );
    expect(of(Duration.days(Lazy.number({ produce: () => 3 })))).toBe('accepted');
  });

  test.each([
    [[1, 65535], 'accepted'],
    [[0], "'dataPorts' must be integers from 1 to 65535, got 0"],
    [[65536], "'dataPorts' must be integers from 1 to 65535, got 65536"],
    [[33.5], "'dataPorts' must be integers from 1 to 65535, got 33.5"],
    [[1, 2, 3, 4, 5], 'accepted'],
    [[], "'dataPorts' must be 1 to 5 ports, got 0; each takes one rule of a network ACL"],
    [[1, 2, 3, 4, 5, 6], "'dataPorts' must be 1 to 5 ports, got 6; each takes one rule of a network ACL"],
    [[3306, 3306], "'dataPorts' must name each port once, got 3306 twice"],
    [
      [Lazy.number({ produce: () => 1 })],
      "'dataPorts' must be written out, because rules are named after them, got a token",
    ],
  ])('data ports %j: %s', (dataPorts, expected) => {
    const got = refusal(() => define({ dataPorts }));
    expect(got).toBe(expected === 'accepted' ? expected : `[Test/Network] ${expected}`);
  });

  test.each([
    ['198.51.100.0/24', 'accepted'],
    ['2001:db8::/32', 'accepted'],
    [Lazy.string({ produce: () => '198.51.100.0/24' }), 'accepted'],
    ['abc', "'deniedCidrs' must be an IPv4 CIDR such as 198.51.100.0/24 or 2001:db8::/32, got abc"],
    ['198.51.100.7/24', "'deniedCidrs' has host bits set; did you mean 198.51.100.0/24, got 198.51.100.7/24"],
    ['2001:db8::1/32', "'deniedCidrs' has host bits set; did you mean 2001:db8::/32, got 2001:db8::1/32"],
    ['2001:db8::/129', "'deniedCidrs' must be a CIDR such as 198.51.100.0/24 or 2001:db8::/32, got 2001:db8::/129"],
    ['0.0.0.0/0', "'deniedCidrs' must not be everything, got 0.0.0.0/0; nothing would reach the platform"],
    ['::/0', "'deniedCidrs' must not be everything, got ::/0; nothing would reach the platform"],
    [
      '10.0.0.0/8',
      "'deniedCidrs' must not overlap the network's own 10.20.0.0/16, got 10.0.0.0/8; it would cut the tiers from each other",
    ],
  ])('denied range %s: %s', (cidr, expected) => {
    const got = refusal(() => define({ deniedCidrs: [cidr] }));
    expect(got).toBe(expected === 'accepted' ? expected : `[Test/Network] ${expected}`);
  });

  test('reserved ranges keep clear of the plan, of VPNs and of peerings', () => {
    const overlap = (prop: string, cidr: string, other: string) =>
      `[Test/Network] '${prop}' must not overlap other ranges, got ${cidr}, which overlaps ${other}; one of the two must be renumbered or narrowed`;
    const of = (reservedCidrs: string[]) => refusal(() => define({ reservedCidrs }));
    expect(of(['10.21.0.0/16', '10.19.255.0/24', Lazy.string({ produce: () => '10.20.0.0/16' })])).toBe('accepted');
    expect(of(['10.20.192.0/18'])).toBe(
      overlap('reservedCidrs', '10.20.192.0/18', '10.20.0.0/16 of the network itself'),
    );
    expect(of(['abc'])).toBe("[Test/Network] 'reservedCidrs' must be an IPv4 CIDR such as 10.20.0.0/16, got abc");
    const { network } = define({ reservedCidrs: ['192.168.0.0/16'] });
    const vpn = { customerGateway: '203.0.113.10', remoteCidrs: ['192.168.7.0/24'] };
    expect(refusal(() => network.addVpn('Office', vpn))).toBe(
      overlap('remoteCidrs', '192.168.7.0/24', '192.168.0.0/16 of the reserved ranges'),
    );
  });

  test('egress addresses become an output when wanted', () => {
    const { stack } = define({ outputEgressAddresses: true, natStrategy: NatStrategy.single() });
    expect(Object.values(templateOf(stack).findOutputs('*'))).toEqual([
      {
        Description: 'Addresses by which machines in private subnets reach the internet, for allow lists of partners',
        Value: { 'Fn::GetAtt': ['NetworkEgressAddress171076938', 'PublicIp'] },
      },
    ]);
    expect(refusal(() => define({ outputEgressAddresses: true, natStrategy: NatStrategy.none() }))).toBe(
      "[Test/Network] 'outputEgressAddresses' must be left out with NatStrategy.none(), got true; machines in public subnets leave by their own addresses",
    );
  });

  test('interface endpoints answer the VPC only', () => {
    const { SSM, LAMBDA } = ec2.InterfaceVpcEndpointAwsService;
    const { stack } = define({ interfaceEndpoints: [SSM, LAMBDA] });
    const endpoints = resourcesOf(stack, 'AWS::EC2::VPCEndpoint').filter(
      ([, { Properties }]) => Properties.VpcEndpointType === 'Interface',
    );
    expect(endpoints.map(([, { Properties }]) => Properties.SubnetIds)).toEqual(
      Array(2).fill([
        { Ref: 'NetworkVpcPrivateSubnet1Subnet6DD86AE6' },
        { Ref: 'NetworkVpcPrivateSubnet2Subnet1BDBE877' },
      ]),
    );
    templateOf(stack).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [
        { CidrIp: '10.20.0.0/16', FromPort: 443, ToPort: 443, IpProtocol: 'tcp', Description: 'HTTPS from the VPC' },
      ],
    });
    expect(refusal(() => define({ interfaceEndpoints: [SSM, SSM] }))).toBe(
      "[Test/Network] 'interfaceEndpoints' must name each service once, got ssm twice",
    );
  });
});

describe('as a whole', () => {
  test('nag and the strict validator find nothing', () => {
    const stack = newStack();
    defineAll(stack);
    expect(nagFindings(stack)).toEqual([]);
    expect(strictFindings(stack)).toEqual([]);
  });

  test.each([
    ['regional', NatStrategy.regional()],
    ['none', NatStrategy.none()],
  ])('nag and the strict validator find nothing with NAT %s', (_name, natStrategy) => {
    const { stack } = define({ natStrategy });
    expect(nagFindings(stack)).toEqual([]);
    expect(strictFindings(stack)).toEqual([]);
  });

  test('two stand in one stack', () => {
    const stack = newStack();
    defineAll(stack);
    defineAll(stack, 'Second', '10.21.0.0/16');
    templateOf(stack).resourceCountIs('AWS::EC2::VPC', 2);
    templateOf(stack).resourceCountIs('AWS::EC2::VPNConnection', 4);
  });

  test("does not follow the consumer's feature flags, and is the same each time", () => {
    const render = (context?: Record<string, unknown>) => {
      const stack = newStack(SPAIN, context);
      defineAll(stack);
      return JSON.stringify(templateOf(stack).toJSON().Resources);
    };
    expect(render()).toBe(render());
    // Asked of the stack, not of us: whether the partition is spelled out or referred to.
    const { [cxapi.ENABLE_PARTITION_LITERALS]: _, ...recommended } = cxapi.CURRENTLY_RECOMMENDED_FLAGS;
    expect(JSON.parse(render(recommended))).toEqual(JSON.parse(render()));
  });

  test('stands in a stack without account and region', () => {
    const { stack } = define({ zoneCount: 3 }, new Stack(new App(), 'Test'));
    const zones = resourcesOf(stack, SUBNET).map(([, { Properties }]) => Properties.AvailabilityZone['Fn::Select'][0]);
    expect(zones).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
  });
});

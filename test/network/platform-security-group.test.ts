import { Lazy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { PlatformSecurityGroup, type PlatformSecurityGroupProps } from '../../src/network';
import { newStack, resourcesOf } from '../support/stacks';
import { refusal } from './fixture';

const HTTPS = ec2.Port.tcp(443);
const PARTNERS = { cidr: '198.51.100.0/24', port: ec2.Port.tcpRange(8000, 8010), description: 'Roaming partners' };
const STAFF = { cidr: '2001:db8::/32', port: HTTPS, description: 'Staff' };

function group(props: Partial<PlatformSecurityGroupProps> = {}) {
  const stack = newStack();
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0a1b2c3d', availabilityZones: ['eu-south-2a'] });
  const created = new PlatformSecurityGroup(stack, 'Web', { vpc, description: 'Web entrance', ...props });
  return { stack, created };
}

test('publishes and allows ports, and says what for', () => {
  const { stack } = group({ published: [{ port: HTTPS, description: 'Web' }], allowed: [PARTNERS, STAFF] });
  const [[, { Properties }]] = resourcesOf(stack, 'AWS::EC2::SecurityGroup');
  expect(Properties.GroupDescription).toBe('Web entrance');
  expect(Properties.SecurityGroupIngress).toEqual([
    { CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443, IpProtocol: 'tcp', Description: 'Web' },
    { CidrIp: '198.51.100.0/24', FromPort: 8000, ToPort: 8010, IpProtocol: 'tcp', Description: 'Roaming partners' },
    { CidrIpv6: '2001:db8::/32', FromPort: 443, ToPort: 443, IpProtocol: 'tcp', Description: 'Staff' },
  ]);
});

test('is closed unless told otherwise, and may be closed outwards too', () => {
  const outwards = (props: Partial<PlatformSecurityGroupProps>) => {
    const [[, { Properties }]] = resourcesOf(group(props).stack, 'AWS::EC2::SecurityGroup');
    expect(Properties.SecurityGroupIngress).toBeUndefined();
    return Properties.SecurityGroupEgress.map(({ CidrIp }: { CidrIp: string }) => CidrIp);
  };
  expect(outwards({})).toEqual(['0.0.0.0/0']);
  expect(outwards({ allowAllOutbound: false })).toEqual(['255.255.255.255/32']);
});

test('other groups are let in without ado', () => {
  const { stack, created } = group({
    denied: [{ cidr: '0.0.0.0/0', port: ec2.Port.allTraffic(), description: 'All' }],
  });
  const other = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Other', 'sg-0a1b2c3d');
  expect(refusal(() => created.connections.allowFrom(other, ec2.Port.MYSQL_AURORA))).toBe('accepted');
});

const world = (port: string, cidr: string, holds: number) =>
  `'port' must not open 22, 3306, 3389 to the world, got ${port} from ${cidr}, which holds ${holds}; use Session Manager, a VPN or a security group`;
const words = (description: string) =>
  `'description' must be 2 to 255 characters of a-z, A-Z, 0-9, blanks and ._-:/()#,@[]+=&;{}!$*, got '${description}'; say what it is for`;
const from = (cidr: string, port: ec2.Port = HTTPS) => ({ allowed: [{ cidr, port, description: 'Somebody' }] });

test.each<[string, Partial<PlatformSecurityGroupProps>, string]>([
  ['SSH', { published: [{ port: ec2.Port.tcp(22), description: 'Staff' }] }, world('22', '0.0.0.0/0', 22)],
  ['MySQL', from('0.0.0.0/1', ec2.Port.tcp(3306)), world('3306', '0.0.0.0/1', 3306)],
  ['RDP', from('::/0', ec2.Port.tcpRange(3000, 4000)), world('3000-4000', '::/0', 3306)],
  ['everything', from('2000::/3', ec2.Port.allTraffic()), world('ALL TRAFFIC', '2000::/3', 22)],
  ['all of TCP', from('0.0.0.0/7', ec2.Port.allTcp()), world('ALL PORTS', '0.0.0.0/7', 22)],
  ['rubbish', from('abc'), "'cidr' must be an IPv4 CIDR such as 198.51.100.0/24 or 2001:db8::/32, got abc"],
  ['host bits', from('198.51.100.7/24'), "'cidr' has host bits set; did you mean 198.51.100.0/24, got 198.51.100.7/24"],
  ['a short description', { description: 'x' }, words('x')],
  ['a long description', { description: 'x'.repeat(256) }, words('x'.repeat(256))],
  ['a description of other letters', { description: 'Administración' }, words('Administración')],
  ['a rule without description', { allowed: [{ ...PARTNERS, description: '' }] }, words('')],
  ['a denial without description', { denied: [{ ...PARTNERS, description: '' }] }, words('')],
  [
    'a denial of rubbish',
    { denied: [{ ...PARTNERS, cidr: 'abc' }] },
    "'cidr' must be an IPv4 CIDR such as 198.51.100.0/24 or 2001:db8::/32, got abc",
  ],
  [
    'what is denied',
    { allowed: [PARTNERS], denied: [{ cidr: '198.51.100.64/26', port: ec2.Port.tcp(8010), description: 'Left us' }] },
    "'port' must not open what 'denied' closes, got 8000-8010 from 198.51.100.0/24, which holds 8010 from 198.51.100.64/26 (Left us); narrow one of the two, or deny the range in the network ACLs with 'deniedCidrs'",
  ],
  [
    'to everybody what is denied to some',
    { published: [{ port: HTTPS, description: 'Web' }], denied: [{ ...PARTNERS, port: ec2.Port.allTraffic() }] },
    "'port' must not open what 'denied' closes, got 443 from 0.0.0.0/0, which holds ALL TRAFFIC from 198.51.100.0/24 (Roaming partners); narrow one of the two, or deny the range in the network ACLs with 'deniedCidrs'",
  ],
])('refuses %s', (_what, props, message) => {
  expect(refusal(() => group(props))).toBe(`[Test/Web] ${message}`);
});

test.each<[string, Partial<PlatformSecurityGroupProps>]>([
  ['SSH from a /8', from('10.0.0.0/8', ec2.Port.tcp(22))],
  ['SSH from an IPv6 /16', from('2001::/16', ec2.Port.tcp(22))],
  ['a neighbour of 22', from('0.0.0.0/0', ec2.Port.tcpRange(23, 3305))],
  ['22 of UDP', from('0.0.0.0/0', ec2.Port.udp(22))],
  ['the shortest description', { description: 'ab' }],
  ['the longest description', { description: 'x'.repeat(255) }],
  ['another port than is denied', { allowed: [PARTNERS], denied: [{ ...PARTNERS, port: ec2.Port.tcp(8011) }] }],
  ['another protocol than is denied', { allowed: [PARTNERS], denied: [{ ...PARTNERS, port: ec2.Port.udp(8000) }] }],
  ['another range than is denied', { allowed: [PARTNERS], denied: [{ ...PARTNERS, cidr: '198.51.101.0/24' }] }],
  ['another family than is denied', { allowed: [PARTNERS], denied: [{ ...PARTNERS, cidr: '::/0' }] }],
  ['tokens', from(Lazy.string({ produce: () => '0.0.0.0/0' }), ec2.Port.tcp(Lazy.number({ produce: () => 22 })))],
])('accepts %s', (_what, props) => {
  expect(refusal(() => group(props))).toBe('accepted');
});

test('rules of others are held to the same', () => {
  const { created } = group({ denied: [PARTNERS] });
  expect(refusal(() => created.connections.allowFromAnyIpv4(ec2.Port.tcp(22), 'Staff'))).toBe(
    `[Test/Web] ${world('22', '0.0.0.0/0', 22)}`,
  );
  expect(refusal(() => created.addIngressRule(ec2.Peer.ipv4('10.0.0.0/8'), HTTPS))).toBe(`[Test/Web] ${words('')}`);
  expect(refusal(() => created.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(8005), 'Web'))).toMatch(
    /Roaming partners/,
  );
});

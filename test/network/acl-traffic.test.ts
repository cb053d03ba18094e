import { Lazy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { NetworkAclProtocol, type NetworkAclRuleOptions, NetworkTier } from '../../src/network';
import { resourcesOf } from '../support/stacks';
import { define, refusal } from './fixture';

const RULE: NetworkAclRuleOptions = {
  tier: NetworkTier.PUBLIC,
  direction: ec2.TrafficDirection.INGRESS,
  ruleNumber: 100,
  cidr: '198.51.100.0/24',
  protocol: NetworkAclProtocol.TCP,
  fromPort: 22,
};

function rule(options: Partial<NetworkAclRuleOptions>) {
  const { stack, network } = define();
  network.addNetworkAclRule('Mine', { ...RULE, ...options });
  const [[, { Properties }]] = resourcesOf(stack, 'AWS::EC2::NetworkAclEntry').filter(([id]) => id.includes('Mine'));
  return Properties;
}

test.each<[Partial<NetworkAclRuleOptions>, object]>([
  [{}, { Protocol: 6, PortRange: { From: 22, To: 22 }, RuleAction: 'allow', Egress: false, RuleNumber: 100 }],
  [
    { protocol: NetworkAclProtocol.UDP, fromPort: 0, toPort: 65535, ruleAction: ec2.Action.DENY },
    { Protocol: 17, PortRange: { From: 0, To: 65535 }, RuleAction: 'deny' },
  ],
  [
    { protocol: NetworkAclProtocol.ICMP, fromPort: undefined },
    { Protocol: 1, Icmp: { Type: -1, Code: -1 } },
  ],
  [
    { protocol: NetworkAclProtocol.ICMP, fromPort: undefined, cidr: '2001:db8::/32' },
    { Protocol: 58, Icmp: { Type: -1, Code: -1 }, Ipv6CidrBlock: '2001:db8::/32' },
  ],
  [
    { protocol: NetworkAclProtocol.ALL, fromPort: undefined },
    { Protocol: -1, CidrBlock: '198.51.100.0/24' },
  ],
  [{ direction: ec2.TrafficDirection.EGRESS }, { Egress: true }],
])('%j becomes an entry', (options, expected) => {
  expect(rule(options)).toMatchObject(expected);
});

const NUMBER =
  "'ruleNumber' must be an integer from 100 to 999, before the tier's own rules, or from 3000 to 32766, after them, got";
const PORT = "'fromPort' and 'toPort' must be integers from 0 to 65535, got";
const NO_PORT = "'fromPort' and 'toPort' must be left out for protocol";

test.each<[Partial<NetworkAclRuleOptions>, string]>([
  [{ ruleNumber: 99 }, `${NUMBER} 99`],
  [{ ruleNumber: 1000 }, `${NUMBER} 1000`],
  [{ ruleNumber: 2999 }, `${NUMBER} 2999`],
  [{ ruleNumber: 32767 }, `${NUMBER} 32767`],
  [{ ruleNumber: 100.5 }, `${NUMBER} 100.5`],
  [
    { fromPort: undefined },
    "'fromPort' must be given for protocol TCP, got none, which AWS refuses; 0 with 'toPort' 65535 means every port",
  ],
  [
    { protocol: NetworkAclProtocol.UDP, fromPort: undefined, toPort: 53 },
    "'fromPort' must be given for protocol UDP, got none, which AWS refuses; 0 with 'toPort' 65535 means every port",
  ],
  [{ protocol: NetworkAclProtocol.ALL }, `${NO_PORT} ALL, got 22`],
  [{ protocol: NetworkAclProtocol.ICMP, fromPort: undefined, toPort: 8 }, `${NO_PORT} ICMP, got 8`],
  [{ fromPort: -1 }, `${PORT} -1`],
  [{ toPort: 65536 }, `${PORT} 65536`],
  [{ toPort: 21 }, "'toPort' must be 'fromPort', 22, or more, got 21"],
  [{ cidr: 'abc' }, "'cidr' must be an IPv4 CIDR such as 198.51.100.0/24 or 2001:db8::/32, got abc"],
  [
    { tier: NetworkTier.DATA },
    "'cidr' must lie in the VPC, 10.20.0.0/16, where the data tier is allowed to talk to it, got 198.51.100.0/24; machines of the private or public tier ask the database for others",
  ],
  [
    { tier: NetworkTier.DATA, cidr: '0.0.0.0/0' },
    "'cidr' must lie in the VPC, 10.20.0.0/16, where the data tier is allowed to talk to it, got 0.0.0.0/0; machines of the private or public tier ask the database for others",
  ],
  [
    { tier: NetworkTier.DATA, cidr: Lazy.string({ produce: () => '10.20.64.0/20' }) },
    "'cidr' must be written out where the data tier is allowed to talk to it, because it must lie in the VPC, got a token",
  ],
])('refuses %j', (options, message) => {
  expect(refusal(() => rule(options))).toBe(`[Test/Network] ${message}`);
});

test.each<[string, Partial<NetworkAclRuleOptions>]>([
  ['the last number before the own', { ruleNumber: 999 }],
  ['the first number after the own', { ruleNumber: 3000 }],
  ['the last number', { ruleNumber: 32766 }],
  ['a number known at deployment', { ruleNumber: Lazy.number({ produce: () => 100 }) }],
  ['a range known at deployment', { cidr: Lazy.string({ produce: () => '198.51.100.0/24' }) }],
  ['a port known at deployment', { fromPort: Lazy.number({ produce: () => 22 }), toPort: 23 }],
  ['the data tier and a part of the VPC', { tier: NetworkTier.DATA, cidr: '10.20.64.0/20' }],
  ['the data tier and a denial', { tier: NetworkTier.DATA, ruleAction: ec2.Action.DENY }],
])('accepts %s', (_what, options) => {
  expect(refusal(() => rule(options))).toBe('accepted');
});

test('a number is free in the other direction only', () => {
  const { network } = define();
  network.addNetworkAclRule('First', RULE);
  expect(refusal(() => network.addNetworkAclRule('Second', RULE))).toBe(
    "[Test/Network/PublicFilter] 'ruleNumber' must be free, got 100, which another inbound rule of this tier has",
  );
  const out = { ...RULE, direction: ec2.TrafficDirection.EGRESS };
  expect(refusal(() => network.addNetworkAclRule('Third', out))).toBe('accepted');
});

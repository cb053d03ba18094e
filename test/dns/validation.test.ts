import { CfnParameter } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { ForwardingRule, PlatformDns, type PlatformDnsProps } from '../../src/dns';
import { newStack } from '../support/stacks';
import { define, newVpc } from './support';

const defining = (props: Partial<PlatformDnsProps>) => () => define(props);
const forwarding = (...forwardingRules: ForwardingRule[]) => defining({ forwardingRules });

test('refuses no public zone, and two', () => {
  const stack = newStack();
  const publicZone = route53.PublicHostedZone.fromPublicHostedZoneAttributes(stack, 'Zone', {
    hostedZoneId: 'Z0123456789',
    zoneName: 'example.com',
  });
  const rule = "give either 'zoneName', to define the public zone, or 'publicZone', to use one that exists, not";
  expect(() => new PlatformDns(stack, 'Neither', {})).toThrow(`[Test/Neither] ${rule} neither`);
  expect(() => new PlatformDns(stack, 'Both', { publicZone, zoneName: 'example.com' })).toThrow(
    `[Test/Both] ${rule} both`,
  );
});

test.each([
  ['zoneName', 'Example.com'],
  ['zoneName', 'example.com.'],
  ['privateZoneName', 'in ternal'],
])('refuses %s %s', (prop, name) => {
  expect(defining({ [prop]: name })).toThrow(
    `[Test/Dns] '${prop}' must be a domain in lower case without a final dot, such as example.com, got '${name}'`,
  );
});

test.each([
  ['privateZoneName', { privateZoneName: 'internal' }],
  ['reverseCidrs', { reverseCidrs: ['10.0.0.0/8'] }],
  ['forwardingRules', { forwardingRules: [] }],
  ['inboundFrom', { inboundFrom: ['10.0.0.0/8'] }],
])('refuses %s without a VPC', (prop, props) => {
  expect(() => new PlatformDns(newStack(), 'Dns', { zoneName: 'example.com', ...props })).toThrow(
    `[Test/Dns] '${prop}' needs 'vpc', the network whose questions are answered`,
  );
});

test('refuses a reverse zone of a network unknown at synth', () => {
  const stack = newStack();
  const vpc = newVpc(stack);
  expect(
    () => new PlatformDns(stack, 'Dns', { zoneName: 'example.com', vpc, reverseCidrs: [vpc.vpcCidrBlock] }),
  ).toThrow(
    "[Test/Dns] 'reverseCidrs' must be known at synth, got a token; write the network out, such as 10.20.0.0/16",
  );
});

test.each([
  ['10.0.0.0/7', 'must be /8 or smaller: a reverse zone has at least one whole octet'],
  ['10.20.0.1/16', 'has host bits set; did you mean 10.20.0.0/16'],
])('refuses the reverse network %s', (cidr, problem) => {
  expect(defining({ reverseCidrs: [cidr] })).toThrow(`[Test/Dns] 'reverseCidrs' ${problem}, got '${cidr}'`);
});

test('refuses . as a domain, takes it by name', () => {
  expect(forwarding(ForwardingRule.forDomain('.', ['9.9.9.9']))).toThrow(
    "[Test/Dns] 'forwardingRules' must not forward '.' as a domain: it takes every question of the VPC; if that is meant, use ForwardingRule.forEverything",
  );
  expect(forwarding(ForwardingRule.forEverything(['9.9.9.9']))).not.toThrow();
});

test('refuses a domain with a final dot', () => {
  expect(forwarding(ForwardingRule.forDomain('corp.example.com.', ['9.9.9.9']))).toThrow(
    "[Test/Dns] 'forwardingRules' must forward domains in lower case without a final dot, such as corp.example.com, got 'corp.example.com.'",
  );
});

test('refuses a domain forwarded twice', () => {
  const rule = ForwardingRule.forDomain('corp.example.com', ['9.9.9.9']);
  expect(forwarding(rule, rule)).toThrow(
    "[Test/Dns] 'forwardingRules' forwards 'corp.example.com' twice; put all targets in one rule",
  );
});

const targets = (count: number) => Array.from({ length: count }, (_, index) => `192.168.0.${index + 1}`);

test.each([0, 7])('refuses %d targets', (count) => {
  expect(forwarding(ForwardingRule.forDomain('corp.example.com', targets(count)))).toThrow(
    `[Test/Dns] 'forwardingRules' must name 1 to 6 targets for 'corp.example.com', got ${count}`,
  );
});

test.each([1, 6])('takes %d targets', (count) => {
  expect(forwarding(ForwardingRule.forDomain('corp.example.com', targets(count)))).not.toThrow();
});

test('refuses targets by name', () => {
  expect(forwarding(ForwardingRule.forDomain('corp.example.com', ['dns.example.com']))).toThrow(
    "[Test/Dns] 'forwardingRules' must name targets by IPv4 address, got 'dns.example.com' for 'corp.example.com'",
  );
});

test.each(['169.254.169.253', '127.0.0.1'])('refuses a loop to %s', (target) => {
  expect(forwarding(ForwardingRule.forDomain('corp.example.com', [target]))).toThrow(
    `[Test/Dns] 'forwardingRules' must not forward 'corp.example.com' to '${target}', the resolver itself: the question would come back`,
  );
});

test.each([
  [[], 'must name at least one network, got none; leave it out for no inbound endpoint'],
  [['0.0.0.0/0'], "must name the networks that may ask, got '0.0.0.0/0', which is everybody"],
  [['192.168.0.1/16'], "has host bits set; did you mean 192.168.0.0/16, got '192.168.0.1/16'"],
])('refuses to be asked from %j', (inboundFrom, message) => {
  expect(defining({ inboundFrom })).toThrow(`[Test/Dns] 'inboundFrom' ${message}`);
});

test('takes a network unknown at synth', () => {
  const stack = newStack();
  const inboundFrom = [new CfnParameter(stack, 'Office').valueAsString];
  expect(
    () => new PlatformDns(stack, 'Dns', { zoneName: 'example.com', vpc: newVpc(stack), inboundFrom }),
  ).not.toThrow();
});

test('refuses one resolver address, and two in one zone', () => {
  const rule = ForwardingRule.forDomain('corp.example.com', ['192.168.0.53']);
  const stack = newStack();
  const oneZone = { zoneName: 'example.com', vpc: newVpc(stack, ['eu-south-2a']), forwardingRules: [rule] };
  expect(() => new PlatformDns(stack, 'One', oneZone)).toThrow(
    "[Test/One] 'resolverSubnets' must select 2 to 6 subnets, one address in each, got 1; an endpoint has at least two addresses",
  );
  const other = newStack();
  const vpc = newVpc(other);
  const [subnet] = vpc.isolatedSubnets;
  const twice = {
    zoneName: 'example.com',
    vpc,
    forwardingRules: [rule],
    resolverSubnets: { subnets: [subnet, subnet] },
  };
  expect(() => new PlatformDns(other, 'Twice', twice)).toThrow(
    "[Test/Twice] 'resolverSubnets' must span two availability zones, got only 'eu-south-2a'",
  );
});

import { CfnParameter } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { ForwardingRule, PlatformDns, type PlatformDnsProps } from '../../src/dns';
import { newStack, resourcesOf } from '../support/stacks';
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
    "[Test/Dns] 'reverseCidrs' must be known at synth, got a token; write the network out, such as 10.20.0.0/16, or name its zone in 'reverseZoneNames'",
  );
});

test.each(['10.20.0.0/16', '20.10.in-addr.arpa.', 'x.in-addr.arpa', '20.10.example.com'])(
  'refuses the reverse zone %s',
  (name) => {
    expect(defining({ reverseZoneNames: [name] })).toThrow(
      `[Test/Dns] 'reverseZoneNames' must be reverse zones such as 20.10.in-addr.arpa or 8.b.d.0.1.0.0.2.ip6.arpa, known at synth, got '${name}'`,
    );
  },
);

test('takes reverse zones by name, and names hosts in them', () => {
  const reverseZoneNames = ['20.10.in-addr.arpa', '8.b.d.0.1.0.0.2.ip6.arpa'];
  const { dns } = define({ reverseZoneNames });
  expect(dns.reverseZones.map(({ zoneName }) => zoneName)).toEqual(reverseZoneNames);
  expect(() => dns.addHost('db.internal.example.com', '10.20.1.9', '2001:db8::9')).not.toThrow();
  expect(() => new PlatformDns(newStack(), 'Dns', { zoneName: 'example.com', reverseZoneNames })).toThrow(
    "[Test/Dns] 'reverseZoneNames' needs 'vpc', the network whose questions are answered",
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

describe('refuses a loop', () => {
  const inbound = { inboundFrom: ['192.168.0.0/16'] };
  const to = (target: string, props: Partial<PlatformDnsProps> = {}) =>
    defining({ forwardingRules: [ForwardingRule.forDomain('corp.example.com', [target])], ...props });

  test("to the VPC's own resolver", () => {
    expect(to('10.0.0.2')).toThrow(
      "[Test/Dns] 'forwardingRules' must not forward to '10.0.0.2', the VPC's own resolver: the question would come back",
    );
    expect(to('10.0.0.3')).not.toThrow();
  });

  test('onto the inbound endpoint', () => {
    const inboundAddresses = ['10.0.0.10', '10.0.1.10'];
    expect(to('10.0.1.10', { ...inbound, inboundAddresses })).toThrow(
      "[Test/Dns] 'forwardingRules' must not forward to '10.0.1.10', an address of the inbound endpoint: the question would come back",
    );
    expect(to('10.0.1.11', { ...inbound, inboundAddresses })).not.toThrow();
  });

  test('that may come about, and says how to rule it out', () => {
    expect(to('10.0.1.10', inbound)).toThrow(
      "[Test/Dns] 'forwardingRules' must not forward to '10.0.1.10', which AWS may give to the inbound endpoint and so make a loop; name the endpoint's own in 'inboundAddresses'",
    );
    expect(to('10.0.2.10', inbound)).not.toThrow();
    expect(to('10.0.1.10')).not.toThrow();
  });
});

test.each(['internal.example.com', '20.10.in-addr.arpa'])('refuses a rule that hides its own zone %s', (domainName) => {
  const props = {
    reverseCidrs: ['10.20.0.0/16'],
    forwardingRules: [ForwardingRule.forDomain(domainName, ['9.9.9.9'])],
  };
  expect(defining(props)).toThrow(
    `[Test/Dns] 'forwardingRules' must not forward '${domainName}', a private zone of this construct that would then never be read`,
  );
});

describe('addresses of the inbound endpoint', () => {
  const at = (...inboundAddresses: string[]) => defining({ inboundFrom: ['192.168.0.0/16'], inboundAddresses });

  test.each([
    [['10.0.0.10'], "'inboundAddresses' must hold one address for each of the 2 subnets, got 1"],
    [['10.0.0.10', 'b'], "'inboundAddresses' must be IPv4 addresses, got 'b'"],
    [
      ['10.0.0.3', '10.0.1.10'],
      "'inboundAddresses' must be usable in their subnets, without the first four addresses and the last: got '10.0.0.3' for 10.0.0.0/24",
    ],
    [
      ['10.0.0.10', '10.0.1.255'],
      "'inboundAddresses' must be usable in their subnets, without the first four addresses and the last: got '10.0.1.255' for 10.0.1.0/24",
    ],
    [
      ['10.0.1.10', '10.0.0.10'],
      "'inboundAddresses' must be usable in their subnets, without the first four addresses and the last: got '10.0.1.10' for 10.0.0.0/24",
    ],
  ])('refuses %j', (addresses, message) => {
    expect(at(...addresses)).toThrow(`[Test/Dns] ${message}`);
  });

  test('takes the first and the last that are usable', () => {
    expect(at('10.0.0.4', '10.0.1.254')).not.toThrow();
  });

  test('are those of the endpoint', () => {
    const { stack } = define({ inboundFrom: ['192.168.0.0/16'], inboundAddresses: ['10.0.0.10', '10.0.1.10'] });
    const [[, { Properties }]] = resourcesOf(stack, 'AWS::Route53Resolver::ResolverEndpoint');
    expect(Properties.IpAddresses.map(({ Ip }: { Ip: string }) => Ip)).toEqual(['10.0.0.10', '10.0.1.10']);
  });

  test('need networks that ask', () => {
    expect(defining({ inboundAddresses: ['10.0.0.10', '10.0.1.10'] })).toThrow(
      "[Test/Dns] 'inboundAddresses' needs 'inboundFrom', the networks that may ask there",
    );
  });
});

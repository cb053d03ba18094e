import { CfnParameter, Lazy, SecretValue } from 'aws-cdk-lib';
import { NetworkTier, type VpnOptions } from '../../src/network';
import { define, refusal } from './fixture';

const HEADQUARTERS: VpnOptions = { customerGateway: '203.0.113.10', remoteCidrs: ['192.168.0.0/16'] };

function add(options: Partial<VpnOptions>): string {
  const { network } = define();
  return refusal(() => network.addVpn('Headquarters', { ...HEADQUARTERS, ...options }));
}

const inside = (insideCidr: string): Partial<VpnOptions> => ({ tunnels: [{ insideCidr }] });
const key = (preSharedKey: SecretValue): Partial<VpnOptions> => ({ tunnels: [{ preSharedKey }] });

test.each<[string, Partial<VpnOptions>]>([
  ['the least number', { bgpAsn: 1 }],
  ['the greatest number', { bgpAsn: 2147483647 }],
  ['a number known at deployment', { bgpAsn: Lazy.number({ produce: () => 65010 }) }],
  ['the first free addresses', inside('169.254.6.0/30')],
  ['the last addresses', inside('169.254.255.252/30')],
  ['addresses beside those of the metadata service', inside('169.254.169.248/30')],
  ['addresses known at deployment', inside(Lazy.string({ produce: () => '169.254.10.0/30' }))],
  ['the key of a secret', key(SecretValue.secretsManager('vpn', { jsonField: 'psk' }))],
])('accepts %s', (_what, options) => {
  expect(add(options)).toBe('accepted');
});

const GATEWAY = "'customerGateway' must be a public IPv4 address such as 203.0.113.10, got";
const ROUTER = "behind a translating router give the router's";
const ASN = "'bgpAsn' must be an integer from 1 to 2147483647 but for 7224, which is AWS's own, got";
const RESERVED =
  '169.254.0.0/30, 169.254.1.0/30, 169.254.2.0/30, 169.254.3.0/30, 169.254.4.0/30, 169.254.5.0/30, 169.254.169.252/30';

test.each<[Partial<VpnOptions>, string]>([
  [{ customerGateway: 'abc' }, `${GATEWAY} abc; ${ROUTER}`],
  [{ customerGateway: '203.0.113.256' }, `${GATEWAY} 203.0.113.256; ${ROUTER}`],
  [{ customerGateway: '192.168.1.1' }, `${GATEWAY} 192.168.1.1; ${ROUTER}`],
  [{ remoteCidrs: [] }, "'remoteCidrs' must name at least one network behind the device, got none"],
  [{ remoteCidrs: ['abc'] }, "'remoteCidrs' must be an IPv4 CIDR such as 10.20.0.0/16, got abc"],
  [
    { remoteCidrs: ['192.168.1.0/16'] },
    "'remoteCidrs' has host bits set; did you mean 192.168.0.0/16, got 192.168.1.0/16",
  ],
  [
    { remoteCidrs: ['10.0.0.0/8'] },
    "'remoteCidrs' must not overlap other ranges, got 10.0.0.0/8, which overlaps 10.20.0.0/16 of the network itself; one of the two must be renumbered or narrowed",
  ],
  [
    { remoteCidrs: ['192.168.0.0/16', '192.168.9.0/24'] },
    "'remoteCidrs' must not overlap other ranges, got 192.168.9.0/24, which overlaps 192.168.0.0/16 of VPN 'Headquarters'; one of the two must be renumbered or narrowed",
  ],
  [{ bgpAsn: 0 }, `${ASN} 0; private ones are 64512 to 65534`],
  [{ bgpAsn: 2147483648 }, `${ASN} 2147483648; private ones are 64512 to 65534`],
  [{ bgpAsn: 7224 }, `${ASN} 7224; private ones are 64512 to 65534`],
  [{ bgpAsn: 65010.5 }, `${ASN} 65010.5; private ones are 64512 to 65534`],
  [{ tiers: [] }, "'tiers' must name at least one tier, got none; without it nothing would be reached"],
  [
    { tiers: [NetworkTier.PRIVATE, NetworkTier.DATA] },
    "'tiers' must be public or private, got the data tier; machines of these tiers ask the database for others",
  ],
  [{ tunnels: [{}, {}, {}] }, "'tunnels' must be at most 2, as many as a VPN has, got 3"],
  [inside('abc'), "'insideCidr' must be a /30 of 169.254.0.0/16 such as 169.254.10.0/30, got abc"],
  [
    inside('169.254.10.0/29'),
    "'insideCidr' must be a /30 of 169.254.0.0/16 such as 169.254.10.0/30, got 169.254.10.0/29",
  ],
  [
    inside('169.253.10.0/30'),
    "'insideCidr' must be a /30 of 169.254.0.0/16 such as 169.254.10.0/30, got 169.253.10.0/30",
  ],
  ...RESERVED.split(', ').map((cidr): [Partial<VpnOptions>, string] => [
    inside(cidr),
    `'insideCidr' must not be one that AWS keeps (${RESERVED}), got ${cidr}; take another, such as 169.254.10.0/30`,
  ]),
  [
    { tunnels: [{ insideCidr: '169.254.10.0/30' }, { insideCidr: '169.254.10.0/30' }] },
    "'insideCidr' must be of one tunnel of the network only, got 169.254.10.0/30 again; take another, such as 169.254.10.0/30",
  ],
])('refuses %j', (options, message) => {
  expect(add(options)).toBe(`[Test/Network] ${message}`);
});

test.each<[string, SecretValue]>([
  ['text', SecretValue.unsafePlainText('correct.horse_battery')],
  ['a parameter of Systems Manager', SecretValue.ssmSecure('/vpn/psk', '1')],
])('refuses a key that is %s, without telling it', (_what, preSharedKey) => {
  expect(add(key(preSharedKey))).toBe(
    "[Test/Network] 'preSharedKey' must be a reference to a secret of Secrets Manager, got something else, which could stand in the template; keep the key in a secret and give its 'secretValue'",
  );
});

test('refuses a key from a parameter of the template', () => {
  const { stack, network } = define();
  const parameter = new CfnParameter(stack, 'Key', { noEcho: true });
  const options = { ...HEADQUARTERS, ...key(SecretValue.cfnParameter(parameter)) };
  expect(refusal(() => network.addVpn('Headquarters', options))).toMatch(/^\[Test\/Network\] 'preSharedKey' must be/);
});

test('a device, an address inside and a network belong to one VPN', () => {
  const { network } = define();
  network.addVpn('First', { ...HEADQUARTERS, ...inside('169.254.10.0/30') });
  const second = (options: Partial<VpnOptions>) =>
    refusal(() =>
      network.addVpn('Second', { customerGateway: '203.0.113.11', remoteCidrs: ['172.20.0.0/16'], ...options }),
    );
  expect(second({ customerGateway: '203.0.113.10' })).toBe(
    "[Test/Network] 'customerGateway' must be the end of one VPN only, got 203.0.113.10 again; add its networks to 'remoteCidrs' of the first",
  );
  expect(second(inside('169.254.10.0/30'))).toBe(
    "[Test/Network] 'insideCidr' must be of one tunnel of the network only, got 169.254.10.0/30 again; take another, such as 169.254.10.0/30",
  );
  expect(second({ remoteCidrs: ['192.168.8.0/24'] })).toBe(
    "[Test/Network] 'remoteCidrs' must not overlap other ranges, got 192.168.8.0/24, which overlaps 192.168.0.0/16 of VPN 'First'; one of the two must be renumbered or narrowed",
  );
  expect(second({ customerGateway: '203.0.113.12' })).toBe('accepted');
});

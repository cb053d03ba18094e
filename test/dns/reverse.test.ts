import { isIpv4, isIpv6, pointerName, reverseZoneName } from '../../src/dns/reverse';

test.each([
  ['10.0.0.0/8', '10.in-addr.arpa'],
  ['10.0.0.0/15', '10.in-addr.arpa'],
  ['10.20.0.0/16', '20.10.in-addr.arpa'],
  ['10.20.16.0/20', '20.10.in-addr.arpa'],
  ['192.168.7.0/24', '7.168.192.in-addr.arpa'],
  ['192.168.7.128/25', '7.168.192.in-addr.arpa'],
  ['192.168.7.9/32', '9.7.168.192.in-addr.arpa'],
  ['2001:db8::/32', '8.b.d.0.1.0.0.2.ip6.arpa'],
  ['2001:db8:20::/46', '0.2.0.0.8.b.d.0.1.0.0.2.ip6.arpa'.slice(2)],
  ['2001:db8:20::/48', '0.2.0.0.8.b.d.0.1.0.0.2.ip6.arpa'],
  ['2001:db8:20:1200::/56', '2.1.0.2.0.0.8.b.d.0.1.0.0.2.ip6.arpa'],
  ['2000::/16', '0.0.0.2.ip6.arpa'],
])('%s is kept in %s', (cidr, zoneName) => {
  expect(reverseZoneName(cidr)).toEqual({ zoneName });
});

test.each([
  ['0.0.0.0/7', 'must be /8 or smaller: a reverse zone has at least one whole octet'],
  ['10.20.0.1/16', 'has host bits set; did you mean 10.20.0.0/16'],
  ['10.20.0.0', 'must be an IPv4 CIDR such as 10.20.0.0/16'],
  ['2000::/15', 'must be /16 or smaller: nobody holds a larger network of IPv6'],
  ['2001:db8::1/64', 'has host bits set; did you mean 2001:db8::/64'],
  ['2001:db8::', 'must be a CIDR such as 10.20.0.0/16 or 2001:db8:20::/48'],
])('%s has no zone', (cidr, problem) => {
  expect(reverseZoneName(cidr)).toEqual({ problem });
});

test('an address is written backwards', () => {
  expect(pointerName('10.20.1.9')).toBe('9.1.20.10.in-addr.arpa');
  expect(pointerName('2001:db8:20::9')).toBe(
    '9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
  );
});

test.each([
  ['10.20.1.9', true],
  ['255.255.255.255', true],
  ['256.1.1.1', false],
  ['10.20.1', false],
  ['::1', false],
  ['', false],
])('%s is an IPv4 address: %s', (text, expected) => {
  expect(isIpv4(text)).toBe(expected);
});

test.each([
  ['2001:db8::1', true],
  ['::1', true],
  ['fe80::1%eth0', false],
  ['10.20.1.9', false],
  ['', false],
])('%s is an IPv6 address: %s', (text, expected) => {
  expect(isIpv6(text)).toBe(expected);
});

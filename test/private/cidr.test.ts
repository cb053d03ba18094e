import { contains, formatNetwork, type Ipv4Network, overlaps, parseNetwork, sizeOf } from '../../src/private/cidr';

function network(text: string): Ipv4Network {
  const parsed = parseNetwork(text);
  if (typeof parsed === 'string') {
    throw new Error(parsed);
  }
  return parsed;
}

test.each(['0.0.0.0/0', '10.20.0.0/16', '192.168.1.128/25', '255.255.255.255/32'])('reads and writes %s', (text) => {
  expect(formatNetwork(network(text))).toBe(text);
});

test.each([
  ['10.20.0.0', 'must be an IPv4 CIDR such as 10.20.0.0/16'],
  ['10.20.0.0/33', 'must be an IPv4 CIDR such as 10.20.0.0/16'],
  ['10.256.0.0/16', 'must be an IPv4 CIDR such as 10.20.0.0/16'],
  ['10.20/16', 'must be an IPv4 CIDR such as 10.20.0.0/16'],
  ['0x0a.20.0.0/16', 'must be an IPv4 CIDR such as 10.20.0.0/16'],
  ['2001:db8::/32', 'must be an IPv4 CIDR such as 10.20.0.0/16'],
  ['', 'must be an IPv4 CIDR such as 10.20.0.0/16'],
  ['10.20.0.1/16', 'has host bits set; did you mean 10.20.0.0/16'],
  ['255.255.255.255/1', 'has host bits set; did you mean 128.0.0.0/1'],
])('refuses %s', (text, problem) => {
  expect(parseNetwork(text)).toBe(problem);
});

test.each([
  ['10.0.0.0/8', '10.255.255.255/32', true],
  ['10.0.0.0/16', '10.1.0.0/16', false],
  ['10.0.0.0/16', '10.0.255.0/24', true],
  ['10.0.255.0/24', '10.0.0.0/16', true],
  ['0.0.0.0/0', '255.255.255.255/32', true],
])('%s and %s overlap: %s', (a, b, expected) => {
  expect(overlaps(network(a), network(b))).toBe(expected);
});

test('contains is not symmetric', () => {
  expect(contains(network('10.0.0.0/16'), network('10.0.255.0/24'))).toBe(true);
  expect(contains(network('10.0.255.0/24'), network('10.0.0.0/16'))).toBe(false);
  expect(contains(network('10.0.0.0/16'), network('10.1.0.0/24'))).toBe(false);
});

test('sizes reach both ends', () => {
  expect(sizeOf(network('10.0.0.1/32'))).toBe(1);
  expect(sizeOf(network('0.0.0.0/0'))).toBe(4294967296);
});

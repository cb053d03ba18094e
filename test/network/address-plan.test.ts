import { Lazy } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { AddressPlan, NetworkTier } from '../../src/network';
import { refusal } from './fixture';

const TIERS = Object.values(NetworkTier);

test('divides a /16 into sixteen /20', () => {
  const plan = AddressPlan.fromCidr('10.20.0.0/16');
  expect(TIERS.map((tier) => plan.tierCidr(tier))).toEqual(['10.20.0.0/18', '10.20.64.0/18', '10.20.128.0/18']);
  expect([0, 1, 2, 3].map((zone) => plan.subnetCidr(NetworkTier.PRIVATE, zone))).toEqual([
    '10.20.64.0/20',
    '10.20.80.0/20',
    '10.20.96.0/20',
    '10.20.112.0/20',
  ]);
  expect([0, 3].map((zone) => plan.spareSubnetCidr(zone))).toEqual(['10.20.192.0/20', '10.20.240.0/20']);
});

test.each([
  ['10.20.0.0/16', 4091],
  ['192.168.8.0/22', 59],
])('%s has %d usable addresses in each subnet', (cidr, usable) => {
  expect(TIERS.map((tier) => AddressPlan.fromCidr(cidr).usableAddresses(tier))).toEqual([usable, usable, usable]);
});

test.each([
  ['10.21.0.0/16', false],
  ['10.20.255.255/32', true],
  ['10.0.0.0/8', true],
  ['10.19.0.0/16', false],
])('overlaps %s: %s', (cidr, expected) => {
  expect(AddressPlan.fromCidr('10.20.0.0/16').overlaps(cidr)).toBe(expected);
});

test.each(['10.0.0.0/16', '172.16.0.0/16', '172.31.252.0/22', '192.168.0.0/16', '100.64.0.0/16', '172.18.0.0/22'])(
  'accepts %s',
  (cidr) => {
    expect(AddressPlan.fromCidr(cidr).cidr).toBe(cidr);
  },
);

test.each([
  ['abc', "'cidr' must be an IPv4 CIDR such as 10.20.0.0/16, got abc"],
  ['10.0.0.1/16', "'cidr' has host bits set; did you mean 10.0.0.0/16, got 10.0.0.1/16"],
  ['10.0.0.0/15', "'cidr' must be /16 to /22, got 10.0.0.0/15; AWS gives a VPC at most a /16"],
  [
    '10.0.0.0/23',
    "'cidr' must be /16 to /22, got 10.0.0.0/23; each of its sixteen subnets would be below the /26 that load balancers can grow in",
  ],
  [
    '8.8.0.0/16',
    "'cidr' must be private (in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10), got 8.8.0.0/16; its owner on the internet could not be reached",
  ],
  [
    '172.17.0.0/22',
    "'cidr' must be clear of 172.17.0.0/16, which Docker uses on the machines, got 172.17.0.0/22; take another, such as 10.20.0.0/16",
  ],
  [
    Lazy.string({ produce: () => '10.0.0.0/16' }),
    "'cidr' must be written out, such as 10.20.0.0/16, because the plan computes with it, got a token",
  ],
])('refuses %s', (cidr, message) => {
  expect(refusal(() => AddressPlan.fromCidr(cidr))).toBe(message);
});

test.each([-1, 4, 1.5])('has no zone %d', (zone) => {
  const plan = AddressPlan.fromCidr('10.20.0.0/16');
  const message = `'zone' must be an integer from 0 to 3, got ${zone}; the plan has room for 4`;
  expect(refusal(() => plan.subnetCidr(NetworkTier.DATA, zone))).toBe(message);
  expect(refusal(() => plan.spareSubnetCidr(zone))).toBe(message);
});

test('compares itself with CIDRs only', () => {
  const plan = AddressPlan.fromCidr('10.20.0.0/16');
  expect(refusal(() => plan.overlaps('abc'))).toBe("'cidr' must be an IPv4 CIDR such as 10.20.0.0/16, got abc");
});

describe('of any private CIDR', () => {
  /** First and last address as numbers, computed apart from the code under test. */
  const rangeOf = (cidr: string): [number, number] => {
    const [address, prefix] = cidr.split('/');
    const first = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
    return [first, first + 2 ** (32 - Number(prefix)) - 1];
  };
  const dotted = (address: number) => [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
  const cidrs = fc
    .tuple(
      fc.constantFrom('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'),
      fc.integer({ min: 16, max: 22 }),
    )
    .chain(([range, prefix]) => {
      const [first, last] = rangeOf(range);
      const size = 2 ** (32 - prefix);
      return fc.nat((last - first + 1) / size - 1).map((index) => `${dotted(first + index * size)}/${prefix}`);
    })
    .filter((cidr) => !cidr.startsWith('172.17.'));

  test('subnets neither overlap nor leave the VPC, and growth renumbers none', () => {
    let plans = 0;
    fc.assert(
      fc.property(cidrs, fc.integer({ min: 2, max: 4 }), (cidr, zones) => {
        plans++;
        const plan = AddressPlan.fromCidr(cidr);
        const subnets = (count: number) =>
          [...TIERS, undefined].flatMap((tier) =>
            Array.from({ length: count }, (_, zone) =>
              tier ? plan.subnetCidr(tier, zone) : plan.spareSubnetCidr(zone),
            ),
          );
        const [first, last] = rangeOf(cidr);
        const ranges = subnets(zones)
          .map(rangeOf)
          .sort(([a], [b]) => a - b);
        expect(ranges.every(([from, to]) => from >= first && to <= last)).toBe(true);
        expect(ranges.every(([from], index) => index === 0 || from > ranges[index - 1][1])).toBe(true);
        expect(subnets(4)).toEqual(expect.arrayContaining(subnets(zones)));
        for (const tier of TIERS) {
          const [from, to] = rangeOf(plan.subnetCidr(tier, 0));
          expect(plan.usableAddresses(tier)).toBe(to - from + 1 - 5);
        }
      }),
      { numRuns: 2000, seed: 20261124 },
    );
    expect(plans).toBeGreaterThanOrEqual(1000);
  });
});

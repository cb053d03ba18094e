import { App, Stack } from 'aws-cdk-lib';
import { DnsTarget, PlatformDns } from '../../src/dns';
import { PlatformMail } from '../../src/mail';
import { distributionOf, loadBalancerOf, newVpc } from '../dns/support';
import { describeWith, KNOT } from '../support/engines';
import { resourcesOf } from '../support/stacks';
import { DnsServer } from './dns-server';
import { ALIAS, zonesOf } from './dns-zones';

/** Machines of every network, some with two families, some with two addresses: name to addresses. */
const HOSTS: Record<string, string[]> = Object.fromEntries(
  Array.from({ length: 120 }, (_, n) => {
    const ipv4 = [`10.20.${n}.${250 - n}`, `10.20.130.${n + 1}`, `192.168.7.${n + 1}`, `172.16.5.${n + 1}`][n % 4];
    const ipv6 = n % 3 === 0 ? [`2001:db8:20:${(n + 1).toString(16)}::${(n + 1).toString(16)}`] : [];
    const second = n % 5 === 0 ? [`10.20.200.${n + 1}`] : [];
    return [`host-${n}.internal.example.com`, [ipv4, ...second, ...ipv6]];
  }),
);

function platform(): Stack {
  const stack = new Stack(new App(), 'Test', { env: { account: '111122223333', region: 'eu-west-1' } });
  const dns = new PlatformDns(stack, 'Dns', {
    zoneName: 'example.com',
    vpc: newVpc(stack, ['eu-west-1a', 'eu-west-1b']),
    reverseCidrs: [
      '10.20.0.0/16',
      '10.20.128.0/20',
      '10.20.200.0/24',
      '192.168.7.0/25',
      '172.16.0.0/12',
      '2001:db8:20::/48',
    ],
  });
  for (const [hostName, addresses] of Object.entries(HOSTS)) {
    dns.addHost(hostName, ...addresses);
  }
  dns.addLoadBalancerAlias('ocpp.example.com', loadBalancerOf(stack));
  dns.addDistributionAlias('api.example.com', distributionOf(stack));
  dns.addDistributionAlias('*.example.com', distributionOf(stack));
  dns.addFailover('status.example.com', {
    primary: DnsTarget.distribution(distributionOf(stack)),
    secondary: DnsTarget.distribution(distributionOf(stack, 'Other')),
    checkedHostName: 'origin.example.com',
  });
  new PlatformMail(stack, 'Mail', {
    domain: 'example.com',
    hostedZone: dns.publicZone,
    dmarcReports: 'dmarc@example.com',
  });
  return stack;
}

describeWith([KNOT], 'zones of the template in Knot DNS', () => {
  const stack = platform();
  let server: DnsServer;

  beforeAll(async () => {
    server = await DnsServer.start(zonesOf(stack));
  }, 60_000);
  afterAll(() => server.stop());

  test('load without a complaint', () => {
    expect(zonesOf(stack).map(({ name }) => name)).toEqual([
      'example.com.',
      '20.10.in-addr.arpa.',
      '200.20.10.in-addr.arpa.',
      '7.168.192.in-addr.arpa.',
      '172.in-addr.arpa.',
      '0.2.0.0.8.b.d.0.1.0.0.2.ip6.arpa.',
      'internal.example.com.',
    ]);
    expect(server.complaints).toBe('');
  });

  test('every host resolves to its addresses, and each address back to the host', async () => {
    const { resolver } = server;
    for (const [hostName, addresses] of Object.entries(HOSTS)) {
      const ipv4 = await resolver.resolve4(hostName);
      const ipv6 = await resolver.resolve6(hostName).catch(() => []);
      expect([...ipv4, ...ipv6].sort()).toEqual([...addresses].sort());
      for (const address of addresses) {
        expect(await resolver.reverse(address)).toEqual([hostName]);
      }
    }
  });

  test('there is a pointer for each address and none else', () => {
    const pointers = resourcesOf(stack, 'AWS::Route53::RecordSet').filter(
      ([, { Properties }]) => Properties.Type === 'PTR',
    );
    expect(pointers).toHaveLength(Object.values(HOSTS).flat().length);
  });

  test('an address and a name that nobody has are unknown', async () => {
    await expect(server.resolver.reverse('10.20.199.199')).rejects.toThrow('ENOTFOUND');
    await expect(server.resolver.resolve4('nobody.internal.example.com')).rejects.toThrow('ENOTFOUND');
  });

  test('public names point where they should, load balancers by IPv4 only', async () => {
    expect(await server.resolver.resolve4('ocpp.example.com')).toEqual([ALIAS.A]);
    await expect(server.resolver.resolve6('ocpp.example.com')).rejects.toThrow('ENODATA');
    for (const hostName of ['api.example.com', 'anything.example.com', 'status.example.com']) {
      expect(await server.resolver.resolve4(hostName)).toEqual([ALIAS.A]);
      expect(await server.resolver.resolve6(hostName)).toEqual([ALIAS.AAAA]);
    }
  });

  test('only Amazon may issue certificates', async () => {
    expect(await server.resolver.resolveCaa('example.com')).toMatchObject([{ critical: 0, issue: 'amazon.com' }]);
  });

  test('receivers find what proves the mail', async () => {
    const { resolver } = server;
    expect(await resolver.resolveMx('bounce.example.com')).toEqual([
      { priority: 10, exchange: 'feedback-smtp.eu-west-1.amazonses.com' },
    ]);
    expect(await resolver.resolveTxt('bounce.example.com')).toEqual([['v=spf1 include:amazonses.com ~all']]);
    expect(await resolver.resolveTxt('_dmarc.example.com')).toEqual([
      ['v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com'],
    ]);
    for (const n of [1, 2, 3]) {
      expect(await resolver.resolveCname(`token${n}._domainkey.example.com`)).toEqual([`token${n}.dkim.amazonses.com`]);
    }
  });
});

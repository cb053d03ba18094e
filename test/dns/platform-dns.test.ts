import { App, Stack } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { DnsTarget, type FailoverOptions, ForwardingRule, PlatformDns } from '../../src/dns';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { EDGE, newStack, resourcesOf, SPAIN, templateOf } from '../support/stacks';
import { type Defined, define, distributionOf, loadBalancerOf, newVpc } from './support';

const everything = () =>
  define({
    reverseCidrs: ['10.20.0.0/16', '10.20.128.0/20', '192.168.7.0/24', '2001:db8:20::/48'],
    forwardingRules: [
      ForwardingRule.forDomain('corp.example.com', ['192.168.0.53', '192.168.1.53']),
      ForwardingRule.forEverything(['9.9.9.9']),
    ],
    inboundFrom: ['192.168.0.0/16'],
    alerts: new RecordedAlerts(),
  });

const zonesOf = ({ stack }: Defined) =>
  resourcesOf(stack, 'AWS::Route53::HostedZone').map(([, { Properties }]) => [
    Properties.Name,
    Properties.VPCs ? 'private' : 'public',
  ]);
const recordsOf = ({ stack }: Defined) =>
  resourcesOf(stack, 'AWS::Route53::RecordSet').map(([, { Properties }]) => Properties);

describe('zones', () => {
  test('public forward, private forward and private reverse, each network of whole octets once', () => {
    expect(zonesOf(everything())).toEqual([
      ['example.com.', 'public'],
      ['20.10.in-addr.arpa.', 'private'],
      ['7.168.192.in-addr.arpa.', 'private'],
      ['0.2.0.0.8.b.d.0.1.0.0.2.ip6.arpa.', 'private'],
      ['internal.example.com.', 'private'],
    ]);
  });

  test('without a VPC only the public one, and no query log', () => {
    const stack = newStack();
    const dns = new PlatformDns(stack, 'Dns', { zoneName: 'example.com' });
    expect(zonesOf({ stack, dns })).toEqual([['example.com.', 'public']]);
    expect(dns.privateZone).toBeUndefined();
    expect(dns.queryLogGroup).toBeUndefined();
    templateOf(stack).resourceCountIs('AWS::Logs::LogGroup', 0);
    templateOf(stack).resourceCountIs('AWS::KMS::Key', 0);
  });

  test('the private zone may have a name of its own', () => {
    expect(zonesOf(define({ privateZoneName: 'platform.local' }))).toContainEqual(['platform.local.', 'private']);
  });

  test('a defined public zone lets only Amazon issue certificates, and is kept under a logical id that does not change', () => {
    const defined = define();
    expect(recordsOf(defined)).toMatchObject([
      { Type: 'CAA', Name: 'example.com.', ResourceRecords: ['0 issue "amazon.com"'] },
    ]);
    const [[id, zone]] = resourcesOf(defined.stack, 'AWS::Route53::HostedZone');
    expect([id, zone.DeletionPolicy]).toEqual(['DnsPublicZone71FD76DD', 'Retain']);
  });

  test('an existing public zone is used as it is', () => {
    const stack = newStack();
    const publicZone = route53.PublicHostedZone.fromPublicHostedZoneAttributes(stack, 'Zone', {
      hostedZoneId: 'Z0123456789',
      zoneName: 'example.com',
    });
    const dns = new PlatformDns(stack, 'Dns', { publicZone });
    expect(dns.publicZone).toBe(publicZone);
    expect(Object.keys(templateOf(stack).toJSON().Resources ?? {})).toEqual([]);
  });
});

describe('records', () => {
  test('a load balancer by IPv4', () => {
    const defined = define();
    defined.dns.addLoadBalancerAlias('ocpp.example.com', loadBalancerOf(defined.stack));
    expect(recordsOf(defined)).toContainEqual({
      Name: 'ocpp.example.com.',
      Type: 'A',
      HostedZoneId: { Ref: 'DnsPublicZone71FD76DD' },
      AliasTarget: {
        DNSName: 'dualstack.platform.eu-south-2.elb.amazonaws.com',
        HostedZoneId: 'Z0956581394HF5D5LXGAP',
      },
    });
  });

  test('a distribution by IPv4 and IPv6, from another region without custom resources', () => {
    const app = new App();
    const edge = new Stack(app, 'Edge', { env: EDGE });
    const stack = new Stack(app, 'Test', { env: SPAIN });
    const cdn = new cloudfront.CfnDistribution(edge, 'Cdn', {
      distributionConfig: {
        enabled: true,
        defaultCacheBehavior: { targetOriginId: 'o', viewerProtocolPolicy: 'https-only' },
      },
    });
    const distribution = cloudfront.Distribution.fromDistributionAttributes(edge, 'Distribution', {
      distributionId: cdn.ref,
      domainName: cdn.attrDomainName,
    });
    const dns = new PlatformDns(stack, 'Dns', { zoneName: 'example.com' });
    dns.addDistributionAlias('api.example.com', distribution);
    const records = recordsOf({ stack, dns }).filter(({ Name }) => Name === 'api.example.com.');
    expect(records.map(({ Type }) => Type)).toEqual(['A', 'AAAA']);
    for (const { AliasTarget } of records) {
      expect(AliasTarget.DNSName).toEqual({ 'Fn::GetStackOutput': expect.objectContaining({ Region: 'us-east-1' }) });
    }
  });

  test('a host forward and reverse, in the zone of its network', () => {
    const defined = everything();
    defined.dns.addHost('db.internal.example.com', '10.20.1.9');
    defined.dns.addHost('printer.internal.example.com', '192.168.7.9');
    expect(recordsOf(defined)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ Name: 'db.internal.example.com.', Type: 'A', ResourceRecords: ['10.20.1.9'] }),
        expect.objectContaining({
          Name: '9.1.20.10.in-addr.arpa.',
          Type: 'PTR',
          ResourceRecords: ['db.internal.example.com.'],
          HostedZoneId: { Ref: expect.stringContaining('ReverseZones2010inaddrarpa') },
        }),
        expect.objectContaining({
          Name: '9.7.168.192.in-addr.arpa.',
          HostedZoneId: { Ref: expect.stringContaining('ReverseZones7168192inaddrarpa') },
        }),
      ]),
    );
  });

  test('a host of both families in one call, each address with its name', () => {
    const defined = everything();
    defined.dns.addHost('db.internal.example.com', '10.20.1.9', '10.20.2.9', '2001:db8:20::9');
    const records = recordsOf(defined).filter(({ Type }) => ['A', 'AAAA', 'PTR'].includes(Type));
    expect(records.map(({ Type, Name, ResourceRecords }) => [Type, Name, ResourceRecords])).toEqual([
      ['A', 'db.internal.example.com.', ['10.20.1.9', '10.20.2.9']],
      ['AAAA', 'db.internal.example.com.', ['2001:db8:20::9']],
      ['PTR', '9.1.20.10.in-addr.arpa.', ['db.internal.example.com.']],
      ['PTR', '9.2.20.10.in-addr.arpa.', ['db.internal.example.com.']],
      [
        'PTR',
        '9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.8.b.d.0.1.0.0.2.ip6.arpa.',
        ['db.internal.example.com.'],
      ],
    ]);
    expect(() => defined.dns.addHost('other.internal.example.com', '2001:db8:20:0::9')).toThrow(
      '[Test/Dns] the address 2001:db8:20:0::9 has a name already; one address, one PTR record',
    );
    expect(() => defined.dns.addHost('none.internal.example.com')).toThrow(
      "[Test/Dns] 'none.internal.example.com' needs at least one address",
    );
  });

  test.each([
    ['api.example.org', "'hostName' must be a name of the zone 'example.com', got 'api.example.org'"],
    ['apiexample.com', "'hostName' must be a name of the zone 'example.com', got 'apiexample.com'"],
    ['API.example.com', "'hostName' must be a name of the zone 'example.com', got 'API.example.com'"],
  ])('refuses %s', (hostName, message) => {
    const { stack, dns } = define();
    expect(() => dns.addLoadBalancerAlias(hostName, loadBalancerOf(stack))).toThrow(`[Test/Dns] ${message}`);
  });

  test.each(['example.com', 'api.example.com', '*.example.com'])('takes %s', (hostName) => {
    const { stack, dns } = define();
    expect(() => dns.addLoadBalancerAlias(hostName, loadBalancerOf(stack))).not.toThrow();
  });

  test('refuses a second record of a name, a second name of an address, an address of no zone', () => {
    const { dns } = everything();
    dns.addHost('db.internal.example.com', '10.20.1.9');
    expect(() => dns.addHost('db.internal.example.com', '10.20.1.10')).toThrow(
      "[Test/Dns] 'db.internal.example.com' has a record already; a name points at one place",
    );
    expect(() => dns.addHost('db2.internal.example.com', '10.20.1.9')).toThrow(
      '[Test/Dns] the address 10.20.1.9 has a name already; one address, one PTR record',
    );
    expect(() => dns.addHost('db3.internal.example.com', '172.16.0.1')).toThrow(
      "[Test/Dns] the address of 'db3.internal.example.com', 172.16.0.1, is in no reverse zone; add its network to 'reverseCidrs'",
    );
    expect(() => dns.addHost('db4.internal.example.com', 'db')).toThrow(
      "[Test/Dns] the address of 'db4.internal.example.com' must be an IPv4 or IPv6 address, got 'db'",
    );
    expect(() =>
      new PlatformDns(newStack(), 'Dns', { zoneName: 'example.com' }).addHost('a.example.com', '10.0.0.1'),
    ).toThrow("[Test/Dns] addHost() needs 'vpc', the network that sees the name");
  });
});

describe('an existing zone of another region', () => {
  test('gets its records without custom resources', () => {
    const app = new App();
    const edge = new Stack(app, 'Edge', { env: EDGE });
    const publicZone = new route53.PublicHostedZone(edge, 'Zone', { zoneName: 'example.com' });
    const stack = new Stack(app, 'Test', { env: SPAIN });
    const dns = new PlatformDns(stack, 'Dns', { publicZone });
    dns.addLoadBalancerAlias('ocpp.example.com', loadBalancerOf(stack));
    const [{ HostedZoneId }] = recordsOf({ stack, dns });
    expect(HostedZoneId).toEqual({ 'Fn::GetStackOutput': expect.objectContaining({ Region: 'us-east-1' }) });
    expect(Object.keys(templateOf(stack).toJSON().Resources)).toHaveLength(1);
  });
});

describe('failover', () => {
  const failing = (secondaryOf: (stack: Stack) => DnsTarget, options: Partial<FailoverOptions> = {}) => {
    const defined = define();
    defined.dns.addFailover('api.example.com', {
      primary: DnsTarget.distribution(distributionOf(defined.stack)),
      secondary: secondaryOf(defined.stack),
      checkedHostName: 'origin.example.com',
      ...options,
    });
    return defined;
  };
  const failoverRecords = (defined: Defined) =>
    recordsOf(defined)
      .filter(({ Name }) => Name === 'api.example.com.')
      .map(({ Type, Failover, HealthCheckId }) => `${Type} ${Failover}${HealthCheckId ? ' checked' : ''}`);
  const other = (stack: Stack) => DnsTarget.distribution(distributionOf(stack, 'Other'));

  test('both kinds of record move together, by one check from outside', () => {
    const defined = failing(other, { checkedPath: '/health', failureThreshold: 2 });
    expect(failoverRecords(defined)).toEqual([
      'A PRIMARY checked',
      'A SECONDARY',
      'AAAA PRIMARY checked',
      'AAAA SECONDARY',
    ]);
    templateOf(defined.stack).hasResourceProperties('AWS::Route53::HealthCheck', {
      HealthCheckConfig: {
        Type: 'HTTPS',
        FullyQualifiedDomainName: 'origin.example.com',
        Port: 443,
        ResourcePath: '/health',
        RequestInterval: 30,
        FailureThreshold: 2,
        EnableSNI: true,
      },
    });
  });

  test('checks the root, three times, by default', () => {
    templateOf(failing(other).stack).hasResourceProperties('AWS::Route53::HealthCheck', {
      HealthCheckConfig: { ResourcePath: '/', FailureThreshold: 3 },
    });
  });

  test('there is no AAAA record unless both sides answer it', () => {
    const defined = failing((stack) => DnsTarget.loadBalancer(loadBalancerOf(stack)));
    expect(failoverRecords(defined)).toEqual(['A PRIMARY checked', 'A SECONDARY']);
  });

  test('the load balancer on the first side tells its own health, too; the last resort is never doubted', () => {
    const defined = define();
    const target = DnsTarget.loadBalancer(loadBalancerOf(defined.stack));
    const options = { primary: target, secondary: target, checkedHostName: 'origin.example.com' };
    defined.dns.addFailover('api.example.com', options);
    const records = recordsOf(defined).filter(({ Name }) => Name === 'api.example.com.');
    expect(records.map(({ AliasTarget }) => AliasTarget.EvaluateTargetHealth)).toEqual([true, false]);
  });

  test('its health is a metric of us-east-1', () => {
    const { stack, dns } = failing(other);
    const [[id]] = resourcesOf(stack, 'AWS::Route53::HealthCheck');
    const metric = dns.metricHealth('api.example.com', { statistic: 'avg' });
    expect(metric).toMatchObject({ metricName: 'HealthCheckStatus', region: 'us-east-1', statistic: 'Average' });
    expect(stack.resolve(metric.dimensions)).toEqual({ HealthCheckId: { Ref: id } });
    expect(() => dns.metricHealth('www.example.com')).toThrow(
      "[Test/Dns] 'www.example.com' has no health to measure; addFailover() defines its check",
    );
  });

  test.each([
    [
      { checkedHostName: 'Origin.example.com' },
      "'checkedHostName' must be a name such as origin.example.com, got 'Origin.example.com'",
    ],
    [{ checkedHostName: 'origin' }, "'checkedHostName' must be a name such as origin.example.com, got 'origin'"],
    [
      { checkedHostName: 'api.example.com' },
      "'checkedHostName' must not be 'api.example.com' itself: after a failover the check would ask the secondary target; give the primary a name of its own",
    ],
    [{ checkedPath: 'health' }, "'checkedPath' must begin with / and have at most 255 characters, got 'health'"],
    [
      { checkedPath: `/${'a'.repeat(255)}` },
      `'checkedPath' must begin with / and have at most 255 characters, got '/${'a'.repeat(255)}'`,
    ],
    [{ failureThreshold: 0 }, "'failureThreshold' must be a whole number from 1 to 10, got 0"],
    [{ failureThreshold: 11 }, "'failureThreshold' must be a whole number from 1 to 10, got 11"],
    [{ failureThreshold: 1.5 }, "'failureThreshold' must be a whole number from 1 to 10, got 1.5"],
  ])('refuses %j', (options, message) => {
    expect(() => failing(other, options)).toThrow(`[Test/Dns] ${message}`);
  });

  test.each([{ failureThreshold: 1 }, { failureThreshold: 10 }, { checkedPath: `/${'a'.repeat(254)}` }])(
    'takes %j',
    (options) => {
      expect(() => failing(other, options)).not.toThrow();
    },
  );

  test('refuses a name that has a record, and one of another zone', () => {
    const { stack, dns } = failing(other);
    expect(() => dns.addDistributionAlias('api.example.com', distributionOf(stack, 'Third'))).toThrow(
      "[Test/Dns] 'api.example.com' has a record already; a name points at one place",
    );
    expect(() =>
      dns.addFailover('api.example.org', {
        primary: other(stack),
        secondary: other(stack),
        checkedHostName: 'o.example.com',
      }),
    ).toThrow("[Test/Dns] 'hostName' must be a name of the zone 'example.com', got 'api.example.org'");
  });
});

describe('resolver', () => {
  const { stack, dns } = everything();

  test('the outbound endpoint stands in two zones and may only ask its targets, over UDP and TCP', () => {
    const [[, outbound]] = resourcesOf(stack, 'AWS::Route53Resolver::ResolverEndpoint');
    expect(outbound.Properties).toMatchObject({
      Direction: 'OUTBOUND',
      IpAddresses: [{ SubnetId: {} }, { SubnetId: {} }],
    });
    const [[, group]] = resourcesOf(stack, 'AWS::EC2::SecurityGroup');
    expect(group.Properties.SecurityGroupIngress).toBeUndefined();
    expect(
      group.Properties.SecurityGroupEgress.map(
        (rule: Record<string, string>) => `${rule.IpProtocol} ${rule.FromPort}-${rule.ToPort} ${rule.CidrIp}`,
      ),
    ).toEqual(
      ['192.168.0.53/32', '192.168.1.53/32', '9.9.9.9/32'].flatMap((cidr) => [
        `udp 53-53 ${cidr}`,
        `tcp 53-53 ${cidr}`,
      ]),
    );
  });

  test('each rule forwards its domain for the VPC', () => {
    const rules = resourcesOf(stack, 'AWS::Route53Resolver::ResolverRule');
    expect(
      rules.map(([, { Properties }]) => [Properties.RuleType, Properties.DomainName, Properties.TargetIps]),
    ).toEqual([
      [
        'FORWARD',
        'corp.example.com',
        [
          { Ip: '192.168.0.53', Port: '53' },
          { Ip: '192.168.1.53', Port: '53' },
        ],
      ],
      ['FORWARD', '.', [{ Ip: '9.9.9.9', Port: '53' }]],
    ]);
    const associations = resourcesOf(stack, 'AWS::Route53Resolver::ResolverRuleAssociation');
    expect(associations.map(([, { Properties }]) => Properties.ResolverRuleId)).toEqual(
      rules.map(([id]) => ({ 'Fn::GetAtt': [id, 'ResolverRuleId'] })),
    );
  });

  test('the inbound endpoint answers only the networks named', () => {
    const [, [, inbound]] = resourcesOf(stack, 'AWS::Route53Resolver::ResolverEndpoint');
    expect(inbound.Properties.Direction).toBe('INBOUND');
    const [, [, group]] = resourcesOf(stack, 'AWS::EC2::SecurityGroup');
    expect(group.Properties.SecurityGroupIngress).toMatchObject([
      { IpProtocol: 'udp', FromPort: 53, ToPort: 53, CidrIp: '192.168.0.0/16' },
      { IpProtocol: 'tcp', FromPort: 53, ToPort: 53, CidrIp: '192.168.0.0/16' },
    ]);
  });

  test('costs nothing unless asked for', () => {
    templateOf(define().stack).resourceCountIs('AWS::Route53Resolver::ResolverEndpoint', 0);
  });

  test('metrics are of the endpoint', () => {
    expect(dns.metricOutboundQueries()).toMatchObject({
      namespace: 'AWS/Route53Resolver',
      metricName: 'OutboundQueryVolume',
    });
    expect(dns.metricInboundQueries({ statistic: 'avg' })).toMatchObject({
      metricName: 'InboundQueryVolume',
      statistic: 'Average',
    });
    expect(dns.metricOutboundUnhealthyAddresses()).toMatchObject({ metricName: 'EndpointUnhealthyENICount' });
    expect(() => define().dns.metricOutboundQueries()).toThrow(
      "[Test/Dns] there is no outbound endpoint to measure; 'forwardingRules' defines it",
    );
    expect(() => define().dns.metricInboundQueries()).toThrow(
      "[Test/Dns] there is no inbound endpoint to measure; 'inboundFrom' defines it",
    );
  });

  test('an address that fails is told of', () => {
    const alerts = new RecordedAlerts();
    define({ alerts, forwardingRules: [ForwardingRule.forDomain('corp.example.com', ['192.168.0.53'])] });
    expect(alerts.alarms).toEqual(['OutboundUnhealthy MEDIUM dns-resolver-unhealthy']);
    expect(templateOf(define().stack).findResources('AWS::CloudWatch::Alarm')).toEqual({});
  });
});

describe('query log', () => {
  test('is encrypted, ends, and may be written by log delivery only', () => {
    const { stack } = define({ queryLogRetention: logs.RetentionDays.ONE_WEEK });
    const [[id, group]] = resourcesOf(stack, 'AWS::Logs::LogGroup');
    expect(group.Properties.RetentionInDays).toBe(7);
    expect(group.Properties.KmsKeyId).toEqual({ 'Fn::GetAtt': [expect.stringContaining('DnsKey'), 'Arn'] });
    templateOf(stack).hasResourceProperties('AWS::Route53Resolver::ResolverQueryLoggingConfig', {
      DestinationArn: { 'Fn::GetAtt': [id, 'Arn'] },
    });
    const [[, policy]] = resourcesOf(stack, 'AWS::Logs::ResourcePolicy');
    expect(JSON.stringify(policy)).toContain('delivery.logs.amazonaws.com');
  });

  test('is kept three months by default, and takes a key', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Own', { enableKeyRotation: true });
    new PlatformDns(stack, 'Dns', { zoneName: 'example.com', vpc: newVpc(stack), encryptionKey });
    templateOf(stack).resourceCountIs('AWS::KMS::Key', 1);
    templateOf(stack).hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  });
});

test('passes the three packs', () => {
  expect(nagFindings(everything().stack)).toEqual([]);
});

test('satisfies the schemas of CloudFormation', () => {
  expect(strictFindings(everything().stack)).toEqual([]);
});

test('two copies fit in one stack', () => {
  const stack = newStack();
  const vpc = newVpc(stack);
  const forwardingRules = [ForwardingRule.forDomain('corp.example.com', ['192.168.0.53'])];
  new PlatformDns(stack, 'Dns', { zoneName: 'example.com', vpc, forwardingRules });
  new PlatformDns(stack, 'OtherDns', { zoneName: 'example.org', vpc, forwardingRules });
  const names = resourcesOf(stack, 'AWS::Logs::ResourcePolicy').map(([, { Properties }]) => Properties.PolicyName);
  expect(new Set(names).size).toBe(2);
});

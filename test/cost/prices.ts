/** A list price in US dollars. */
export interface Price {
  readonly usd: number;
  readonly per: 'hour' | 'month';
  readonly of: string;
  /** Page that AWS keeps it on. */
  readonly source: string;
  /** Whether it is the same in every region; else it is that of us-east-1, and Spain costs more. */
  readonly everywhere?: boolean;
  /** Whether somebody compared it with what is published, by the date below; else it is from memory. */
  readonly checked?: boolean;
}

/** When the prices were last looked at. */
export const PRICES_OF = '2026-11-24';

export const HOURS_A_MONTH = 730;

const EC2 = 'https://aws.amazon.com/ec2/pricing/on-demand/';
const RDS = 'https://aws.amazon.com/rds/mysql/pricing/';
const VPC = 'https://aws.amazon.com/vpc/pricing/';
const ELB = 'https://aws.amazon.com/elasticloadbalancing/pricing/';
const ROUTE_53 = 'https://aws.amazon.com/route53/pricing/';
const CLOUDWATCH = 'https://aws.amazon.com/cloudwatch/pricing/';
const WAF = 'https://aws.amazon.com/waf/pricing/';

export const PRICES = {
  natGateway: { usd: 0.045, per: 'hour', of: 'NAT gateway', source: VPC, checked: true },
  publicAddress: { usd: 0.005, per: 'hour', of: 'public IPv4 address', source: VPC, everywhere: true, checked: true },
  interfaceEndpoint: {
    usd: 0.01,
    per: 'hour',
    of: 'interface endpoint, in each zone',
    source: 'https://aws.amazon.com/privatelink/pricing/',
  },
  vpnConnection: { usd: 0.05, per: 'hour', of: 'VPN connection', source: 'https://aws.amazon.com/vpn/pricing/' },
  applicationLoadBalancer: { usd: 0.0225, per: 'hour', of: 'application load balancer', source: ELB },
  networkLoadBalancer: { usd: 0.0225, per: 'hour', of: 'network load balancer', source: ELB },
  trustStore: { usd: 0.0056, per: 'hour', of: 'trust store for mutual TLS', source: ELB },
  'm7g.large': { usd: 0.0816, per: 'hour', of: 'machine, m7g.large', source: EC2, checked: true },
  't4g.small': { usd: 0.0168, per: 'hour', of: 'machine, t4g.small', source: EC2 },
  diskGigabyte: {
    usd: 0.08,
    per: 'month',
    of: 'GB of a machine\u2019s disk, gp3',
    source: 'https://aws.amazon.com/ebs/pricing/',
  },
  detailedMetric: { usd: 0.3, per: 'month', of: 'detailed metric', source: CLOUDWATCH, everywhere: true },
  'db.m7g.large': { usd: 0.168, per: 'hour', of: 'MySQL server, db.m7g.large', source: RDS },
  'db.t4g.medium': { usd: 0.065, per: 'hour', of: 'MySQL server, db.t4g.medium', source: RDS },
  databaseGigabyte: { usd: 0.115, per: 'month', of: 'GB of database storage, gp3', source: RDS, checked: true },
  proxyProcessor: {
    usd: 0.015,
    per: 'hour',
    of: 'RDS Proxy, for each processor of the server',
    source: 'https://aws.amazon.com/rds/proxy/pricing/',
  },
  webAcl: { usd: 5, per: 'month', of: 'web ACL', source: WAF, everywhere: true, checked: true },
  webAclRule: { usd: 1, per: 'month', of: 'rule of a web ACL', source: WAF, everywhere: true, checked: true },
  key: { usd: 1, per: 'month', of: 'KMS key', source: 'https://aws.amazon.com/kms/pricing/', everywhere: true },
  secret: {
    usd: 0.4,
    per: 'month',
    of: 'secret',
    source: 'https://aws.amazon.com/secrets-manager/pricing/',
    everywhere: true,
  },
  alarmedMetric: { usd: 0.1, per: 'month', of: 'metric of an alarm', source: CLOUDWATCH, everywhere: true },
  compositeAlarm: { usd: 0.5, per: 'month', of: 'composite alarm', source: CLOUDWATCH, everywhere: true },
  dashboard: {
    usd: 3,
    per: 'month',
    of: 'dashboard, beyond the first three of an account',
    source: CLOUDWATCH,
    everywhere: true,
  },
  hostedZone: { usd: 0.5, per: 'month', of: 'hosted zone', source: ROUTE_53, everywhere: true },
  resolverAddress: { usd: 0.125, per: 'hour', of: 'address of a Resolver endpoint', source: ROUTE_53 },
  transferServer: {
    usd: 0.3,
    per: 'hour',
    of: 'SFTP server',
    source: 'https://aws.amazon.com/aws-transfer-family/pricing/',
    checked: true,
  },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;

export function monthly(name: PriceName): number {
  const { usd, per } = PRICES[name];
  return per === 'hour' ? usd * HOURS_A_MONTH : usd;
}

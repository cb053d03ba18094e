import type { Inventory, Item } from '../support/inventory';
import { monthly, PRICES, type PriceName } from './prices';

/** So many pieces of something that has a price. */
export type Position = readonly [name: PriceName, count: number];

// biome-ignore lint/suspicious/noExplicitAny: templates are free JSON
type Json = any;

/** CloudFront and EC2 publish so many metrics that cost, for a distribution and for a machine with detailed monitoring. */
const DISTRIBUTION_METRICS = 8;
const MACHINE_METRICS = 7;
/** AWS ends each VPN connection in two tunnels with an address each. */
const TUNNELS = 2;
const DATABASE_PROCESSORS: Record<string, number> = { 'db.m7g.large': 2, 'db.t4g.medium': 2 };

/** What resources of a type cost while nobody charges. A type that is not here costs by use only, or nothing. */
const RULES: Record<string, (properties: Json, inventory: Inventory, item: Item) => Position[]> = {
  'AWS::EC2::NatGateway': ({ AvailabilityZoneAddresses }) => [['natGateway', AvailabilityZoneAddresses?.length ?? 1]],
  'AWS::EC2::EIP': () => [['publicAddress', 1]],
  'AWS::EC2::VPCEndpoint': ({ VpcEndpointType, SubnetIds }) =>
    VpcEndpointType === 'Interface' ? [['interfaceEndpoint', SubnetIds.length]] : [],
  'AWS::EC2::VPNConnection': () => [
    ['vpnConnection', 1],
    ['publicAddress', TUNNELS],
  ],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ Type, Scheme, Subnets }) =>
    Type === 'network'
      ? [['networkLoadBalancer', 1]]
      : [
          ['applicationLoadBalancer', 1],
          ['publicAddress', Scheme === 'internet-facing' ? Subnets.length : 0],
        ],
  'AWS::ElasticLoadBalancingV2::TrustStore': () => [['trustStore', 1]],
  'AWS::AutoScaling::AutoScalingGroup': machines,
  'AWS::RDS::DBInstance': ({ DBInstanceClass, MultiAZ, AllocatedStorage, ManageMasterUserPassword }) => [
    [DBInstanceClass, MultiAZ ? 2 : 1],
    ['databaseGigabyte', Number(AllocatedStorage) * (MultiAZ ? 2 : 1)],
    ['secret', ManageMasterUserPassword ? 1 : 0],
  ],
  'AWS::RDS::DBProxy': (_, inventory, { owner }) => {
    const server = inventory.one('AWS::RDS::DBInstance', owner).properties.DBInstanceClass;
    return [['proxyProcessor', known(DATABASE_PROCESSORS, server)]];
  },
  'AWS::WAFv2::WebACL': ({ Rules }) => [
    ['webAcl', 1],
    ['webAclRule', Rules.length],
  ],
  'AWS::KMS::Key': () => [['key', 1]],
  'AWS::SecretsManager::Secret': () => [['secret', 1]],
  'AWS::CloudWatch::Alarm': ({ Metrics }) => [
    ['alarmedMetric', Metrics?.filter(({ MetricStat }: Json) => MetricStat).length ?? 1],
  ],
  'AWS::CloudWatch::CompositeAlarm': () => [['compositeAlarm', 1]],
  'AWS::CloudWatch::Dashboard': () => [['dashboard', 1]],
  'AWS::CloudFront::MonitoringSubscription': () => [['detailedMetric', DISTRIBUTION_METRICS]],
  'AWS::Route53::HostedZone': () => [['hostedZone', 1]],
  'AWS::Route53Resolver::ResolverEndpoint': ({ IpAddresses }) => [['resolverAddress', IpAddresses.length]],
  'AWS::Transfer::Server': () => [['transferServer', 1]],
};

/** What a resource costs a month while nobody charges, piece by piece. */
export function positionsOf(inventory: Inventory, item: Item): Position[] {
  const positions = RULES[item.type]?.(item.properties, inventory, item) ?? [];
  for (const [name] of positions) {
    known(PRICES, name);
  }
  return positions.filter(([, count]) => count > 0);
}

export function sumOf(positions: readonly Position[]): number {
  return positions.reduce((sum, [name, count]) => sum + monthly(name) * count, 0);
}

/** The machines that always run, with their disks; those of the warm pool have only disks. A reservation that runs costs once. */
function machines({ MinSize }: Json, inventory: Inventory, { owner }: Item): Position[] {
  const below = (type: string) => inventory.ofType(type).filter(({ path }) => path.startsWith(`${owner}/`));
  const [template] = below('AWS::EC2::LaunchTemplate').map(({ properties }) => properties.LaunchTemplateData);
  const disk = template.BlockDeviceMappings[0].Ebs.VolumeSize;
  const pool = below('AWS::AutoScaling::WarmPool').reduce((sum, { properties }) => sum + properties.MinSize, 0);
  const reserved = below('AWS::EC2::CapacityReservation').reduce(
    (sum, { properties }) => sum + properties.InstanceCount,
    0,
  );
  const running = Number(MinSize);
  return [
    [template.InstanceType, Math.max(running, reserved)],
    ['diskGigabyte', disk * (running + pool)],
    ['detailedMetric', template.Monitoring?.Enabled ? MACHINE_METRICS * running : 0],
    ['publicAddress', template.NetworkInterfaces?.[0].AssociatePublicIpAddress ? running : 0],
  ];
}

function known<T>(table: Record<string, T>, name: string): T {
  if (!(name in table)) {
    throw new Error(`no price is known of ${name}: add it to test/cost`);
  }
  return table[name];
}

import type { Inventory, Item, Room } from '../support/inventory';
import { COLORS, Diagram } from './diagram';

// biome-ignore lint/suspicious/noExplicitAny: templates are free JSON
type Json = any;

type Tier = 'Public' | 'Private' | 'Data';

/** A resource that a reader cares for: where it is found, and what to say of it. */
interface Box {
  readonly type: string;
  readonly path: string;
  readonly title: string;
  readonly facts?: (properties: Json, inventory: Inventory) => string[];
}

const P = 'ChargingPlatform';

const BOXES: Record<string, Box> = {
  cloudfront: {
    type: 'CloudFront::Distribution',
    path: `${P}/Cdn`,
    title: 'CloudFront',
    facts: ({ DistributionConfig: { Aliases } }) => [`${Aliases.length} host names, VPC origin`],
  },
  edgeAcl: { type: 'WAFv2::WebACL', path: 'Edge/WebAcl', title: 'Web ACL', facts: rules },
  zone: {
    type: 'Route53::HostedZone',
    path: 'Edge/Zone',
    title: 'Route 53',
    facts: ({ Name }) => [`zone ${Name.slice(0, -1)}`],
  },
  nlb: {
    type: 'ElasticLoadBalancingV2::LoadBalancer',
    path: `${P}/Fleet/ChargePoints`,
    title: 'Network load balancer',
    facts: ({ SubnetMappings }) => [`${SubnetMappings.length} fixed addresses, TCP`],
  },
  nat: {
    type: 'EC2::NatGateway',
    path: `${P}/Network/Vpc/PublicSubnet1`,
    title: 'NAT gateways',
    facts: (_, inventory) => [`${inventory.ofType('AWS::EC2::NatGateway').length}, one per zone`],
  },
  machines: { type: 'AutoScaling::AutoScalingGroup', path: `${P}/Fleet`, title: 'Auto Scaling group', facts: machines },
  alb: {
    type: 'ElasticLoadBalancingV2::LoadBalancer',
    path: `${P}/Fleet/InternalEntrance`,
    title: 'Application load balancer',
    facts: ({ Scheme }) => [`${Scheme}; TLS ends here`],
  },
  acl: { type: 'WAFv2::WebACL', path: `${P}/WebAcl`, title: 'Web ACL', facts: rules },
  resolver: {
    type: 'Route53Resolver::ResolverEndpoint',
    path: 'Exchange/Dns/Outbound',
    title: 'Resolver endpoints',
    facts: () => ['inbound and outbound'],
  },
  rotation: {
    type: 'Lambda::Function',
    path: `${P}/Database/Users/Rotation`,
    title: 'Password rotation',
    facts: () => ['Lambda'],
  },
  proxy: {
    type: 'RDS::DBProxy',
    path: `${P}/Database`,
    title: 'RDS Proxy',
    facts: ({ RequireTLS }) => (RequireTLS ? ['TLS required, port 3306'] : []),
  },
  mysql: {
    type: 'RDS::DBInstance',
    path: `${P}/Database`,
    title: 'RDS MySQL',
    facts: ({ EngineVersion, MultiAZ, DBInstanceClass }) => [
      `${EngineVersion}, ${DBInstanceClass}`,
      ...(MultiAZ ? ['standby in the other zone'] : []),
    ],
  },
  vpn: {
    type: 'EC2::VPNGateway',
    path: `${P}/Network`,
    title: 'VPN gateway',
    facts: () => ['site-to-site, two tunnels'],
  },
  peering: { type: 'EC2::VPCPeeringConnection', path: `${P}/Network`, title: 'Peering' },
  stream: {
    type: 'KinesisFirehose::DeliveryStream',
    path: 'EdgeOperations/WafLogs',
    title: 'WAF logs',
    facts: twice('Firehose → S3 as Parquet'),
  },
  athena: {
    type: 'Athena::WorkGroup',
    path: 'EdgeOperations/WafLogs',
    title: 'Athena',
    facts: (_, inventory) => [`${inventory.ofType('AWS::Athena::NamedQuery').length / 2} saved queries`],
  },
  parser: {
    type: 'Lambda::Function',
    path: 'EdgeOperations/WafLogs/Parser',
    title: 'Log parser',
    facts: twice('Lambda'),
  },
  entries: {
    type: 'DynamoDB::GlobalTable',
    path: `${P}/IpAccess`,
    title: 'IP entries',
    facts: () => ['DynamoDB, one truth'],
  },
  feeds: {
    type: 'Lambda::Function',
    path: `${P}/IpAccess/Feeds`,
    title: 'Feed reader',
    facts: () => ['Lambda on a schedule'],
  },
  api: { type: 'ApiGateway::RestApi', path: `${P}/IpAccess`, title: 'Entry API', facts: () => ['API Gateway'] },
  writer: {
    type: 'Lambda::Function',
    path: `${P}/IpAccess/IpSets/Writer`,
    title: 'IP set writer',
    facts: () => ['Lambda → both web ACLs'],
  },
  plan: {
    type: 'Backup::BackupPlan',
    path: `${P}/Backup`,
    title: 'Backup plan',
    facts: ({ BackupPlan: { BackupPlanRule } }) => [
      BackupPlanRule.map(({ RuleName }: Json) => RuleName.replace(/\B[A-Z]/g, '-$&').toLowerCase()).join(', '),
    ],
  },
  vault: { type: 'Backup::BackupVault', path: `${P}/Backup`, title: 'Backup vault' },
  restore: {
    type: 'Backup::RestoreTestingPlan',
    path: `${P}/Backup`,
    title: 'Restore test',
    facts: () => ['every month'],
  },
  topics: {
    type: 'SNS::Topic',
    path: `${P}/Alerts/Topics/HIGH`,
    title: 'Alert topics',
    facts: (_, inventory) => [`by severity; ${inventory.ofType('AWS::CloudWatch::Alarm').length} alarms`],
  },
  notifier: {
    type: 'Lambda::Function',
    path: `${P}/Alerts`,
    title: 'Notifier',
    facts: () => ['Lambda → chat, e-mail'],
  },
  transfer: {
    type: 'Transfer::Server',
    path: 'Exchange/Sftp',
    title: 'Transfer server',
    facts: ({ EndpointType }) => [`${EndpointType.toLowerCase()} endpoint`],
  },
  files: { type: 'S3::Bucket', path: 'Exchange/Sftp/Files', title: 'Bucket', facts: () => ['S3, versioned'] },
  ses: {
    type: 'SES::EmailIdentity',
    path: 'Mail/Mail',
    title: 'SES',
    facts: (_, inventory) => [inventory.one('AWS::SES::EmailIdentity', 'Mail').region],
  },
  bounces: { type: 'SNS::Topic', path: 'Mail/Mail/Events', title: 'Mail events', facts: () => ['bounces, complaints'] },
  audit: { type: 'DynamoDB::GlobalTable', path: 'Mail/Mail', title: 'Suppression audit', facts: () => ['DynamoDB'] },
};

const FRAMES: [title: string, room: keyof typeof COLORS, ...boxes: string[]][] = [
  ['Edge, worldwide', 'edge', 'zone', 'cloudfront', 'edgeAcl'],
  ['Firewall: logs, IP lists', 'waf', 'acl', 'stream', 'athena', 'parser', 'entries', 'feeds', 'api', 'writer'],
  ['Backup', 'backup', 'plan', 'vault', 'restore'],
  ['Alerts', 'monitoring', 'topics', 'notifier'],
  ['Files', 'sftp', 'transfer', 'files'],
  ['Mail', 'mail', 'ses', 'bounces', 'audit'],
];

/** What stands side by side, from top to bottom. */
const ROWS = [
  'analytics headquarters points browsers operators',
  'peering vpn zone cloudfront edgeAcl',
  'nat nlb machines acl stream',
  'resolver alb rotation parser athena',
  'proxy mysql entries api',
  'feeds writer',
  'partners plan topics ses',
  'transfer vault notifier bounces',
  'files restore audit',
];

/** What stands below what, though no arrow says so. */
const COLUMNS = ['alb -> topics', 'mysql -> plan', 'resolver -> partners -> transfer', 'feeds -> ses'];
const OUTSIDERS = 'browsers -> points -> analytics -> headquarters';

/** The example app: what stands in its network by tier, and the rest by room. */
export function architecture(inventory: Inventory): Promise<string> {
  const diagram = new Diagram(inventory, 'rankdir=TB nodesep=0.2 ranksep=0.42 newrank=true');
  const items = new Map(Object.entries(BOXES).map(([id, { type, path }]) => [id, inventory.one(`AWS::${type}`, path)]));
  const draw = (id: string) => {
    const item = items.get(id) as Item;
    const { title, facts } = BOXES[id];
    diagram.box(id, item, title, ...(facts?.(item.properties, inventory) ?? []));
  };
  const vpc = inventory.one('AWS::EC2::VPC', `${P}/Network`);
  const zones = [...new Set(subnets(inventory).map(({ properties }) => properties.AvailabilityZone))];

  diagram.outsider('browsers', 'Browsers, apps, OCPI', 'HTTPS');
  diagram.outsider('points', 'Charge points', 'OCPP over TLS');
  diagram.outsider('headquarters', 'Headquarters', 'VPN');
  diagram.outsider('analytics', 'Analytics VPC', 'peer');
  diagram.outsider('operators', 'Operators', 'signed calls');
  diagram.outsider('partners', 'Partners', 'SFTP');
  diagram.frame(
    'vpc',
    `VPC ${vpc.properties.CidrBlock} · ${zones.join(', ')}`,
    { fill: '#f8fafc', line: '#334155', labelBelow: true },
    () => {
      for (const tier of ['Public', 'Private', 'Data'] as const) {
        diagram.frame(tier, `${tier} tier`, { fill: '#ffffff', line: '#64748b' }, () => {
          for (const [id] of [...items].filter(([, item]) => tierOf(inventory, item) === tier)) {
            draw(id);
          }
        });
      }
      draw('vpn');
      draw('peering');
    },
  );
  for (const [title, room, ...boxes] of FRAMES) {
    diagram.frame(room, title, { fill: '#ffffff', line: COLORS[room][1] }, () => boxes.forEach(draw));
  }
  flows(diagram);
  diagram
    .rows(ROWS)
    .place(...COLUMNS.map((column) => `${column} [style=invis weight=20]`), `${OUTSIDERS} [style=invis]`);
  return diagram.legend(Object.keys(COLORS) as Room[]).render();
}

function flows(diagram: Diagram): void {
  diagram
    .arrow('browsers', 'cloudfront')
    .arrow('points', 'nlb')
    .arrow('cloudfront', 'alb')
    .arrow('nlb', 'alb')
    .arrow('alb', 'machines', { loose: true })
    .arrow('machines', 'proxy')
    .arrow('proxy', 'mysql')
    .arrow('rotation', 'mysql', { dashed: true })
    .arrow('edgeAcl', 'cloudfront', { loose: true, dashed: true })
    .arrow('acl', 'alb', { loose: true, dashed: true })
    .arrow('headquarters', 'vpn')
    .arrow('analytics', 'peering')
    .arrow('edgeAcl', 'stream', { dashed: true })
    .arrow('stream', 'athena', { dashed: true })
    .arrow('stream', 'parser', { dashed: true })
    .arrow('parser', 'entries', { dashed: true })
    .arrow('feeds', 'entries', { dashed: true, upward: true })
    .arrow('operators', 'api', { dashed: true })
    .arrow('api', 'entries', { dashed: true })
    .arrow('entries', 'writer', { dashed: true })
    .arrow('plan', 'mysql', { dashed: true, upward: true })
    .arrow('plan', 'vault', { dashed: true })
    .arrow('vault', 'restore', { dashed: true })
    .arrow('topics', 'notifier', { dashed: true })
    .arrow('partners', 'transfer')
    .arrow('transfer', 'files')
    .arrow('ses', 'bounces', { dashed: true })
    .arrow('bounces', 'audit', { dashed: true });
}

function subnets(inventory: Inventory): Item[] {
  return inventory.ofType('AWS::EC2::Subnet').filter(({ path }) => path.startsWith(`${P}/Network`));
}

/** Tier of the subnets that a resource stands in, by itself or by its subnet group. */
function tierOf(inventory: Inventory, item: Item): Tier | undefined {
  const near = [...item.references].map((key) => inventory.get(key));
  const groups = near.filter(({ type }) => type === 'AWS::RDS::DBSubnetGroup');
  const [subnet] = [
    ...near,
    ...groups.flatMap(({ references }) => [...references].map((key) => inventory.get(key))),
  ].filter(({ type }) => type === 'AWS::EC2::Subnet');
  return subnet?.properties.Tags.find(({ Key }: Json) => Key === 'aws-cdk:subnet-name').Value;
}

function rules({ Rules }: Json): string[] {
  return [`${Rules.length} rules`];
}

function machines({ MinSize, MaxSize }: Json, inventory: Inventory): string[] {
  const template = inventory.one('AWS::EC2::LaunchTemplate', `${P}/Fleet`).properties.LaunchTemplateData;
  const services = inventory.ofType('AWS::ECR::Repository').map(({ path }) => path.split('/')[1]);
  const pool = inventory.one('AWS::AutoScaling::WarmPool', `${P}/Fleet`).properties;
  return [
    `${MinSize} to ${MaxSize} × ${template.InstanceType}, ${pool.MinSize} in a warm pool`,
    `NGINX and ${services.length} Docker services`,
  ];
}

function twice(fact: string): (properties: Json, inventory: Inventory) => string[] {
  return () => [fact, 'one per region'];
}

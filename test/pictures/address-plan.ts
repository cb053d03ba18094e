import { AddressPlan, NetworkTier } from '../../src';
import type { Inventory, Item } from '../support/inventory';
import { Diagram, escaped } from './diagram';

// biome-ignore lint/suspicious/noExplicitAny: templates are free JSON
type Json = any;

const NETWORK = 'ChargingPlatform/Network';
const ZONES = 4;
const TIERS: [tier: NetworkTier | undefined, title: string, fill: string][] = [
  [NetworkTier.PUBLIC, 'Public', '#dcfce7'],
  [NetworkTier.PRIVATE, 'Private', '#dbeafe'],
  [NetworkTier.DATA, 'Data', '#ede9fe'],
  [undefined, 'Free', '#ffffff'],
];

/** Every subnet of the platform's network, and the room that the plan leaves for more zones and a tier. */
export function addressPlan(inventory: Inventory): Promise<string> {
  const below = (type: string) => inventory.ofType(`AWS::EC2::${type}`).filter(({ path }) => path.startsWith(NETWORK));
  const [vpc] = below('VPC');
  const subnets = below('Subnet');
  const plan = AddressPlan.fromCidr(vpc.properties.CidrBlock);
  const zones = [...new Set(subnets.map(({ properties }) => properties.AvailabilityZone as string))].sort();
  const head = Array.from({ length: ZONES }, (_, zone) =>
    cell(bold(zones[zone] ?? `zone ${zone + 1}, free`), '#f1f5f9'),
  );
  const rows = TIERS.map(([tier, title, fill]) => {
    const cells = Array.from({ length: ZONES }, (_, zone) => {
      const cidr = tier === undefined ? plan.spareSubnetCidr(zone) : plan.subnetCidr(tier, zone);
      const used = subnets.some(({ properties }) => properties.CidrBlock === cidr);
      return used && tier !== undefined
        ? cell(`${bold(cidr)}${small(`${plan.usableAddresses(tier).toLocaleString('en')} addresses`)}`, fill)
        : cell(small(cidr, '#6b7280', false), '#ffffff', '#d1d5db');
    });
    const range = tier === undefined ? '' : small(plan.tierCidr(tier));
    return [cell(`${bold(title)}${range}`, fill), ...cells, routesCell(inventory, subnets, tier)];
  });
  const table = [
    [cell(`${bold(plan.cidr)}${small('the whole VPC')}`, '#f1f5f9'), ...head, cell(bold('The way out'), '#f1f5f9')],
    ...rows,
  ];
  const html = table.map((cells) => `<tr>${cells.join('')}</tr>`).join('');
  return new Diagram(inventory, '')
    .place(`plan [shape=plain style="" label=<<table border="0" cellspacing="4" cellpadding="8">${html}</table>>]`)
    .render();
}

/** Where the route tables of a tier lead, apart from the VPC itself. */
function routesCell(inventory: Inventory, subnets: Item[], tier: NetworkTier | undefined): string {
  if (tier === undefined) {
    return cell(small('for a tier of your own', '#6b7280', false), '#ffffff', '#d1d5db');
  }
  const ofTier = subnets.filter(({ path }) =>
    path.includes(`/Vpc/${TIERS.find(([other]) => other === tier)?.[1]}Subnet`),
  );
  const tables = inventory
    .ofType('AWS::EC2::SubnetRouteTableAssociation')
    .filter(({ references }) => ofTier.some(({ key }) => references.has(key)))
    .flatMap(({ references }) => [...references])
    .filter((key) => inventory.get(key).type === 'AWS::EC2::RouteTable');
  const routes = inventory
    .ofType('AWS::EC2::Route')
    .filter(({ references }) => tables.some((key) => references.has(key)))
    .map(({ properties }) => `${properties.DestinationCidrBlock} → ${gatewayOf(properties)}`);
  const learned = inventory
    .ofType('AWS::EC2::VPNGatewayRoutePropagation')
    .filter(({ references }) => tables.some((key) => references.has(key)))
    .flatMap(() => vpnCidrs(inventory).map((cidr) => `${cidr} → VPN`));
  const lines = [...new Set([...routes, ...learned])];
  return cell(
    lines.length > 0 ? lines.map((line, index) => small(line, '#111827', index > 0)).join('') : bold('none'),
    '#ffffff',
    '#94a3b8',
  );
}

function gatewayOf({ GatewayId, NatGatewayId, VpcPeeringConnectionId }: Json): string {
  return NatGatewayId
    ? 'NAT gateway'
    : VpcPeeringConnectionId
      ? 'peering'
      : GatewayId
        ? 'internet gateway'
        : 'elsewhere';
}

function vpnCidrs(inventory: Inventory): string[] {
  return inventory.ofType('AWS::EC2::VPNConnectionRoute').map(({ properties }) => properties.DestinationCidrBlock);
}

function cell(content: string, fill: string, line = '#64748b'): string {
  return `<td border="1" style="rounded" bgcolor="${fill}" color="${line}">${content}</td>`;
}

function bold(value: string): string {
  return `<b>${escaped(value)}</b>`;
}

function small(value: string, color = '#374151', below = true): string {
  return `${below ? '<br/>' : ''}<font point-size="9" color="${color}">${escaped(value)}</font>`;
}

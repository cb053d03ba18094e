import type { Stack } from 'aws-cdk-lib';
import * as ipaddr from 'ipaddr.js';
import { templateOf } from '../support/stacks';

type Json = ReturnType<typeof JSON.parse>;

/** Ports from which a client speaks: one of a Linux machine, one that only NAT gateways and load balancers use. */
const CLIENT_PORTS = [1024, 40000];

/** A connection that is tried: the first packet there, and the answer back. */
export interface Attempt {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** 6 is TCP, 17 UDP. */
  readonly protocol?: number;
  /** Whether the end inside the VPC has an address of its own on the internet; without it, it is unreachable from there. */
  readonly publicAddress?: boolean;
}

interface Packet {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly port: number;
}

interface Subnet {
  readonly id: string;
  readonly cidr: string;
  readonly routes: Route[];
  readonly entries: Json[];
}

interface Route {
  readonly cidr: string;
  /** `local`, `internet`, `nat`, `vpn` or `peering`. */
  readonly via: string;
  /** Of NAT: the subnet that the gateway stands in, unless it is regional. */
  readonly natSubnet?: string;
}

/**
 * Walks packets through the VPC of a template as AWS would: route tables by the longest prefix, network ACLs by rule order, without
 * memory of connections. Security groups are not looked at: what is dropped here, no security group can let through.
 */
export class PacketWalk {
  private readonly resources: Record<string, Json>;
  private readonly subnets: Subnet[];
  private readonly vpcCidr: string;

  /** `learnt` are networks that a VPN announces by BGP, which no template tells. */
  constructor(
    stack: Stack,
    vpcId: string,
    private readonly learnt: string[] = [],
  ) {
    this.resources = templateOf(stack).toJSON().Resources;
    this.vpcCidr = this.resources[vpcId].Properties.CidrBlock;
    this.subnets = this.ofType('AWS::EC2::Subnet')
      .filter(([, subnet]) => subnet.VpcId.Ref === vpcId)
      .map(([id, subnet]) => this.subnetOf(id, subnet.CidrBlock));
  }

  /** `passes`, or where a packet of the connection or of its answer ended. */
  public try(attempt: Attempt): string {
    for (const clientPort of CLIENT_PORTS) {
      const protocol = attempt.protocol ?? 6;
      const there = { source: attempt.from, destination: attempt.to, protocol, port: attempt.port };
      const back = { source: attempt.to, destination: attempt.from, protocol, port: clientPort };
      const ended = this.attempt(there, back, attempt.publicAddress ?? false);
      if (ended) {
        return ended;
      }
    }
    return 'passes';
  }

  private attempt(there: Packet, back: Packet, publicAddress: boolean): string | undefined {
    const from = this.subnetWith(there.source);
    const to = this.subnetWith(there.destination);
    if (from && to) {
      return this.between(from, to, there) ?? this.between(to, from, back);
    }
    if (from) {
      return this.outward(from, there, back, publicAddress);
    }
    return to ? this.inward(to, there, back, publicAddress) : 'neither end is in the VPC';
  }

  /** Network ACLs stand between subnets, not inside one. */
  private between(from: Subnet, to: Subnet, packet: Packet): string | undefined {
    return from === to ? undefined : (filtered(from, packet, true) ?? filtered(to, packet, false));
  }

  private outward(from: Subnet, there: Packet, back: Packet, publicAddress: boolean): string | undefined {
    const route = routeOf(from, there.destination);
    if (!route || route.via === 'local') {
      return filtered(from, there, true) ?? `no route from ${from.id}`;
    }
    const left = filtered(from, there, true);
    if (left || route.via !== 'nat') {
      const unreachable = route.via === 'internet' && !publicAddress ? `no public address in ${from.id}` : undefined;
      return left ?? unreachable ?? filtered(from, back, false);
    }
    return this.throughNat(route, from, there, back);
  }

  private throughNat(route: Route, from: Subnet, there: Packet, back: Packet): string | undefined {
    const gateway = this.subnets.find(({ id }) => id === route.natSubnet);
    if (!gateway) {
      return filtered(from, back, false);
    }
    if (routeOf(gateway, there.destination)?.via !== 'internet') {
      return `no route from ${gateway.id}`;
    }
    return (
      filtered(gateway, there, false) ??
      filtered(gateway, there, true) ??
      filtered(gateway, back, false) ??
      filtered(gateway, back, true) ??
      filtered(from, back, false)
    );
  }

  private inward(to: Subnet, there: Packet, back: Packet, publicAddress: boolean): string | undefined {
    const route = routeOf(to, there.source);
    const came = filtered(to, there, false);
    if (!route || route.via === 'local' || route.via === 'nat') {
      return came ?? `no route from ${to.id}`;
    }
    const unreachable = route.via === 'internet' && !publicAddress ? `no public address in ${to.id}` : undefined;
    return came ?? unreachable ?? filtered(to, back, true);
  }

  private subnetWith(address: string): Subnet | undefined {
    return this.subnets.find(({ cidr }) => includes(cidr, address));
  }

  private subnetOf(id: string, cidr: string): Subnet {
    const table = this.only('AWS::EC2::SubnetRouteTableAssociation', (it) => it.SubnetId.Ref === id).RouteTableId.Ref;
    const acl = this.only('AWS::EC2::SubnetNetworkAclAssociation', (it) => it.SubnetId.Ref === id).NetworkAclId.Ref;
    const entries = this.ofType('AWS::EC2::NetworkAclEntry')
      .map(([, entry]) => entry)
      .filter((entry) => entry.NetworkAclId.Ref === acl)
      .sort((a, b) => a.RuleNumber - b.RuleNumber);
    return { id, cidr, routes: this.routesOf(table), entries };
  }

  private routesOf(table: string): Route[] {
    const written = this.ofType('AWS::EC2::Route')
      .map(([, route]) => route)
      .filter((route) => route.RouteTableId.Ref === table)
      .map((route) => ({
        cidr: route.DestinationCidrBlock,
        via: route.GatewayId ? 'internet' : route.NatGatewayId ? 'nat' : 'peering',
        natSubnet: this.natSubnet(route.NatGatewayId),
      }));
    const isLearning = this.ofType('AWS::EC2::VPNGatewayRoutePropagation').some(([, propagation]) =>
      propagation.RouteTableIds.some((id: Json) => id.Ref === table),
    );
    const announced = [
      ...this.ofType('AWS::EC2::VPNConnectionRoute').map(([, route]) => route.DestinationCidrBlock),
      ...this.learnt,
    ].map((cidr) => ({ cidr, via: 'vpn' }));
    // Written routes stand before learnt ones, and win where both are as long.
    return [{ cidr: this.vpcCidr, via: 'local' }, ...written, ...(isLearning ? announced : [])];
  }

  private natSubnet(gateway: Json): string | undefined {
    const id = gateway?.Ref ?? gateway?.['Fn::GetAtt']?.[0];
    return id && this.resources[id].Properties.SubnetId?.Ref;
  }

  private ofType(type: string): [string, Json][] {
    return Object.entries(this.resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties }]) => [id, Properties]);
  }

  private only(type: string, wanted: (properties: Json) => boolean): Json {
    const found = this.ofType(type).filter(([, properties]) => wanted(properties));
    if (found.length !== 1) {
      throw new Error(`expected one ${type}, found ${found.length}`);
    }
    return found[0][1];
  }
}

function routeOf(subnet: Subnet, address: string): Route | undefined {
  const fitting = subnet.routes.filter(({ cidr }) => includes(cidr, address));
  return fitting.reduce<Route | undefined>(
    (best, route) => (best && prefixOf(best.cidr) >= prefixOf(route.cidr) ? best : route),
    undefined,
  );
}

/** The first rule that matches decides; without one the packet is dropped. */
function filtered(subnet: Subnet, packet: Packet, egress: boolean): string | undefined {
  const other = egress ? packet.destination : packet.source;
  const rule = subnet.entries.find(
    (entry) => (entry.Egress ?? false) === egress && matches(entry, other, packet.protocol, packet.port),
  );
  return rule?.RuleAction === 'allow' ? undefined : `dropped ${egress ? 'leaving' : 'entering'} ${subnet.id}`;
}

function matches(entry: Json, address: string, protocol: number, port: number): boolean {
  const cidr = entry.CidrBlock ?? entry.Ipv6CidrBlock;
  if (!includes(cidr, address) || (entry.Protocol !== -1 && entry.Protocol !== protocol)) {
    return false;
  }
  return entry.PortRange === undefined || (port >= entry.PortRange.From && port <= entry.PortRange.To);
}

function includes(cidr: Json, address: string): boolean {
  const parsed = ipaddr.parse(address);
  const [network, prefix] = ipaddr.parseCIDR(cidr);
  return parsed.kind() === network.kind() && parsed.match(network, prefix);
}

function prefixOf(cidr: string): number {
  return Number(cidr.split('/')[1]);
}

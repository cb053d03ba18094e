import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { invalid } from '../private/errors';
import { FIRST_NEIGHBOUR_RULE, FIRST_TIER_RULE, trafficOf } from './acl-traffic';
import type { AddressPlan } from './address-plan';
import { aclCidrOf, isIpv6 } from './any-cidr';
import type { NetworkAclRuleOptions } from './network-acl-rule';
import { NetworkTier } from './network-tier';
import { SUBNET_TYPES } from './planned-vpc';

/** Ports from which clients, NAT gateways, load balancers and Lambda speak, and to which answers return. */
const EPHEMERAL = [1024, 65535] as const;

const { INGRESS, EGRESS } = ec2.TrafficDirection;

export interface TierFilterProps {
  readonly vpc: ec2.Vpc;
  readonly addressPlan: AddressPlan;
  readonly tier: NetworkTier;
  readonly dataPorts: readonly number[];
  readonly deniedCidrs: readonly string[];
  /** Rules per direction and family that AWS allows, its own last denial among them. */
  readonly quota: number;
}

interface Rule {
  readonly cidr: string;
  readonly traffic: ec2.AclTraffic;
  readonly action?: ec2.Action;
}

/**
 * The network ACL of one tier: stateless, so it lets answers return by itself.
 *
 * Rules of lists are named by their position, as their numbers are. So where an earlier one goes, the later ones are changed in
 * place; named after what they allow, they would take numbers that the deployment has not freed yet.
 */
export class TierFilter extends Construct {
  private readonly acl: ec2.NetworkAcl;
  private readonly numbers = new Set<string>();
  private readonly counts = new Map<string, number>();
  private neighbours = 0;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TierFilterProps,
  ) {
    super(scope, id);
    this.acl = new ec2.NetworkAcl(this, 'Acl', {
      vpc: props.vpc,
      subnetSelection: { subnetType: SUBNET_TYPES[props.tier] },
    });
    acknowledge(
      this,
      'Security groups are the filter; the network ACLs keep the data tier apart from the internet and hold the list of denied ranges',
      'AwsSolutions-VPC3',
    );
    props.deniedCidrs.forEach((cidr, index) => {
      const number = index + 1;
      const denied = { cidr, traffic: ec2.AclTraffic.allTraffic(), action: ec2.Action.DENY };
      this.add(`DeniedIn${number}`, INGRESS, number, denied);
      this.add(`DeniedOut${number}`, EGRESS, number, denied);
    });
    if (props.tier === NetworkTier.DATA) {
      this.addDataRules();
    } else {
      this.addMachineRules();
    }
  }

  /** Lets a range that a VPN or peering leads to in; the ways out are open already. */
  public allowNeighbour(cidr: string): void {
    const index = this.neighbours++;
    const traffic = ec2.AclTraffic.allTraffic();
    this.add(`Neighbour${index + 1}`, INGRESS, FIRST_NEIGHBOUR_RULE + index, { cidr, traffic });
  }

  public addRule(id: string, options: NetworkAclRuleOptions): void {
    const action = options.ruleAction;
    this.add(id, options.direction, options.ruleNumber, { cidr: options.cidr, traffic: trafficOf(options), action });
  }

  /**
   * Both the public and the private tier: an NLB in front of an ALB keeps the client's address, so web requests arrive in private
   * subnets from anywhere. 3306 and 3389 are not denied here: NAT gateways speak from these ports too, and one connection in
   * thousands would hang; security groups keep them closed.
   */
  private addMachineRules(): void {
    const anywhere = '0.0.0.0/0';
    const all = ec2.AclTraffic.allTraffic();
    const inbound: [string, string, ec2.AclTraffic][] = [
      ['FromVpc', this.props.addressPlan.cidr, all],
      ['Http', anywhere, ec2.AclTraffic.tcpPort(80)],
      ['Https', anywhere, ec2.AclTraffic.tcpPort(443)],
      ['TcpAbove1023', anywhere, ec2.AclTraffic.tcpPortRange(...EPHEMERAL)],
      ['UdpAnswers', anywhere, ec2.AclTraffic.udpPortRange(...EPHEMERAL)],
      // Without "fragmentation needed", large packets over tunnels vanish silently.
      ['PathMtu', anywhere, ec2.AclTraffic.icmp({ type: 3, code: 4 })],
    ];
    inbound.forEach(([id, cidr, traffic], index) => {
      this.add(id, INGRESS, FIRST_TIER_RULE + index * 10, { cidr, traffic });
    });
    this.add('Out', EGRESS, FIRST_TIER_RULE, { cidr: anywhere, traffic: all });
  }

  /** Only the VPC's own questions to the database's ports, and answers between zones of the tier (a proxy asks the database). */
  private addDataRules(): void {
    const { addressPlan, dataPorts } = this.props;
    const within = addressPlan.cidr;
    const answers = ec2.AclTraffic.tcpPortRange(...EPHEMERAL);
    dataPorts.forEach((port, index) => {
      const number = FIRST_TIER_RULE + index * 10;
      const rule = { cidr: within, traffic: ec2.AclTraffic.tcpPort(port) };
      this.add(`Data${index + 1}`, INGRESS, number, rule);
      if (port < EPHEMERAL[0]) {
        this.add(`DataOut${index + 1}`, EGRESS, number, rule);
      }
    });
    const number = FIRST_TIER_RULE + 90;
    const tier = addressPlan.tierCidr(NetworkTier.DATA);
    this.add('Answers', INGRESS, number, { cidr: tier, traffic: answers });
    this.add('Out', EGRESS, number, { cidr: within, traffic: answers });
  }

  private add(id: string, direction: ec2.TrafficDirection, ruleNumber: number, rule: Rule): void {
    const way = direction === INGRESS ? 'inbound' : 'outbound';
    const place = `${way} ${ruleNumber}`;
    if (this.numbers.has(place)) {
      throw invalid(this, `'ruleNumber' must be free, got ${ruleNumber}, which another ${way} rule of this tier has`);
    }
    this.numbers.add(place);
    this.count(`${way} ${isIpv6(rule.cidr) ? 'IPv6' : 'IPv4'}`);
    this.acl.addEntry(id, {
      cidr: aclCidrOf(rule.cidr),
      traffic: rule.traffic,
      direction,
      ruleNumber,
      ruleAction: rule.action ?? ec2.Action.ALLOW,
    });
  }

  private count(kind: string): void {
    const count = (this.counts.get(kind) ?? 0) + 1;
    const room = this.props.quota - 1;
    if (count > room) {
      throw invalid(
        this,
        `the network ACL of a tier must have at most ${room} ${kind} rules and AWS's own last one, got more; join ranges of 'deniedCidrs', VPNs and peerings into wider ones, or have the quota raised and say so with 'networkAclQuota'`,
      );
    }
    this.counts.set(kind, count);
  }
}

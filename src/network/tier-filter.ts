import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { parseNetwork } from '../private/cidr';
import { invalid } from '../private/errors';
import type { AddressPlan } from './address-plan';
import { NetworkTier } from './network-tier';

/** Ports from which clients, NAT gateways, load balancers and Lambda speak, and to which answers return. */
const EPHEMERAL = [1024, 65535] as const;
/** @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const RULES_PER_DIRECTION = 20;
/** Denials come first, then what a tier is for, then neighbours. */
const FIRST_DENIAL = 1;
const FIRST_RULE = 100;
const FIRST_NEIGHBOUR = 200;

export const SUBNET_TYPES: Record<NetworkTier, ec2.SubnetType> = {
  [NetworkTier.PUBLIC]: ec2.SubnetType.PUBLIC,
  [NetworkTier.PRIVATE]: ec2.SubnetType.PRIVATE_WITH_EGRESS,
  [NetworkTier.DATA]: ec2.SubnetType.PRIVATE_ISOLATED,
};

export interface TierFilterProps {
  readonly vpc: ec2.Vpc;
  readonly addressPlan: AddressPlan;
  readonly tier: NetworkTier;
  readonly dataPorts: readonly number[];
  readonly deniedCidrs: readonly string[];
}

/** The network ACL of one tier: stateless, so it lets answers return by itself. */
export class TierFilter extends Construct {
  private readonly acl: ec2.NetworkAcl;
  private inbound = 0;
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
      const number = FIRST_DENIAL + index;
      const denied = { cidr: ec2.AclCidr.ipv4(cidr), traffic: ec2.AclTraffic.allTraffic(), deny: true };
      this.add(`DeniedIn${number}`, ec2.TrafficDirection.INGRESS, number, denied);
      this.add(`DeniedOut${number}`, ec2.TrafficDirection.EGRESS, number, denied);
    });
    if (props.tier === NetworkTier.DATA) {
      this.addDataRules();
    } else {
      this.addMachineRules();
    }
  }

  /** Lets a range that a VPN or peering leads to in; the ways out are open already. */
  public allowNeighbour(id: string, cidr: string): void {
    const number = FIRST_NEIGHBOUR + this.neighbours++;
    const traffic = ec2.AclTraffic.allTraffic();
    this.add(id, ec2.TrafficDirection.INGRESS, number, { cidr: ec2.AclCidr.ipv4(cidr), traffic });
  }

  /**
   * Both the public and the private tier: an NLB in front of an ALB keeps the client's address, so web requests arrive in private
   * subnets from anywhere. 3306 and 3389 are not denied here: NAT gateways speak from these ports too, and one connection in
   * thousands would hang; security groups keep them closed.
   */
  private addMachineRules(): void {
    const anywhere = ec2.AclCidr.anyIpv4();
    const all = ec2.AclTraffic.allTraffic();
    const within = ec2.AclCidr.ipv4(this.props.addressPlan.cidr);
    const inbound: [string, ec2.AclCidr, ec2.AclTraffic][] = [
      ['FromVpc', within, all],
      ['Http', anywhere, ec2.AclTraffic.tcpPort(80)],
      ['Https', anywhere, ec2.AclTraffic.tcpPort(443)],
      ['TcpAbove1023', anywhere, ec2.AclTraffic.tcpPortRange(...EPHEMERAL)],
      ['UdpAnswers', anywhere, ec2.AclTraffic.udpPortRange(...EPHEMERAL)],
      // Without "fragmentation needed", large packets over tunnels vanish silently.
      ['PathMtu', anywhere, ec2.AclTraffic.icmp({ type: 3, code: 4 })],
    ];
    inbound.forEach(([id, cidr, traffic], index) => {
      this.add(id, ec2.TrafficDirection.INGRESS, FIRST_RULE + index * 10, { cidr, traffic });
    });
    this.add('Out', ec2.TrafficDirection.EGRESS, FIRST_RULE, { cidr: anywhere, traffic: all });
  }

  /** Only the VPC's own questions to the database's ports, and answers between zones of the tier (a proxy asks the database). */
  private addDataRules(): void {
    const { addressPlan, dataPorts } = this.props;
    const within = ec2.AclCidr.ipv4(addressPlan.cidr);
    const answers = ec2.AclTraffic.tcpPortRange(...EPHEMERAL);
    dataPorts.forEach((port, index) => {
      const traffic = ec2.AclTraffic.tcpPort(port);
      this.add(`Data${port}`, ec2.TrafficDirection.INGRESS, FIRST_RULE + index * 10, { cidr: within, traffic });
      if (port < EPHEMERAL[0]) {
        const number = FIRST_RULE + index * 10;
        this.add(`DataOut${port}`, ec2.TrafficDirection.EGRESS, number, { cidr: within, traffic });
      }
    });
    const tier = ec2.AclCidr.ipv4(addressPlan.tierCidr(NetworkTier.DATA));
    this.add('Answers', ec2.TrafficDirection.INGRESS, FIRST_RULE + 90, { cidr: tier, traffic: answers });
    this.add('Out', ec2.TrafficDirection.EGRESS, FIRST_RULE + 90, { cidr: within, traffic: answers });
  }

  private add(
    id: string,
    direction: ec2.TrafficDirection,
    ruleNumber: number,
    rule: { readonly cidr: ec2.AclCidr; readonly traffic: ec2.AclTraffic; readonly deny?: boolean },
  ): void {
    if (direction === ec2.TrafficDirection.INGRESS && ++this.inbound > RULES_PER_DIRECTION) {
      throw invalid(
        this,
        `the network ACL of a tier must have at most ${RULES_PER_DIRECTION} inbound rules, got more; join ranges in 'deniedCidrs' or of VPNs and peerings into wider ones`,
      );
    }
    const { cidr, traffic } = rule;
    const ruleAction = rule.deny ? ec2.Action.DENY : ec2.Action.ALLOW;
    this.acl.addEntry(id, { cidr, traffic, direction, ruleNumber, ruleAction });
  }
}

export function validateDeniedCidrs(scope: Construct, cidrs: readonly string[]): void {
  if (cidrs.length > 10) {
    throw invalid(
      scope,
      `'deniedCidrs' must be at most 10, got ${cidrs.length}; a network ACL has 20 rules per direction, longer lists belong to the web ACL`,
    );
  }
  for (const cidr of cidrs) {
    const network = Token.isUnresolved(cidr) ? undefined : parseNetwork(cidr);
    if (typeof network === 'string') {
      throw invalid(scope, `'deniedCidrs' ${network}, got ${cidr}`);
    }
    if (network?.prefix === 0) {
      throw invalid(scope, `'deniedCidrs' must not be everything, got ${cidr}; nothing would reach the platform`);
    }
  }
}

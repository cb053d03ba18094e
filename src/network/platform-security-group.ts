import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { Denials, validateCidr, validateDescription, validateWorld } from './ingress-checks';

/** A port that everybody may reach. */
export interface PublishedPortOptions {
  /** The port, such as `ec2.Port.tcp(443)`; 22, 3306 and 3389 are refused. */
  readonly port: ec2.Port;
  /** What it is for, in 2 to 255 characters. */
  readonly description: string;
}

/** Ports that a range may reach. */
export interface AllowedPortOptions {
  /** IPv4 or IPv6 CIDR of those who may. */
  readonly cidr: string;
  /** The ports, such as `ec2.Port.tcpRange(8000, 8010)`. From IPv4 ranges wider than /8 or IPv6 than /16, 22, 3306 and 3389 are refused. */
  readonly port: ec2.Port;
  /** Who they are and what it is for, in 2 to 255 characters. */
  readonly description: string;
}

/** Ports that a range must not reach. */
export interface DeniedPortOptions {
  /** IPv4 or IPv6 CIDR of those who must not. */
  readonly cidr: string;
  /** The ports, such as `ec2.Port.tcp(22)` or `ec2.Port.allTraffic()`. */
  readonly port: ec2.Port;
  /** Why, in 2 to 255 characters: it stands in the error of the rule that would let them in. */
  readonly description: string;
}

/** Properties of `PlatformSecurityGroup`. */
export interface PlatformSecurityGroupProps {
  /** VPC of the group. */
  readonly vpc: ec2.IVpc;
  /** What the group is for, in 2 to 255 characters. Another one replaces the group. */
  readonly description: string;
  /**
   * Ports that everybody may reach, over IPv4.
   * @default []
   */
  readonly published?: PublishedPortOptions[];
  /**
   * Ports that ranges may reach.
   * @default []
   */
  readonly allowed?: AllowedPortOptions[];
  /**
   * Ports that ranges must not reach. Security groups know no denial, everything is closed that no rule opens; so each rule of this
   * group, of whoever adds it, is held against these, and one that would let them in is an error.
   * @default []
   */
  readonly denied?: DeniedPortOptions[];
  /**
   * Whether members of the group may call anywhere.
   * @default true
   */
  readonly allowAllOutbound?: boolean;
}

/**
 * A security group whose rules say what they are for, and that is never open to the world on 22 (SSH), 3306 (MySQL) and 3389 (RDP).
 *
 * Rules that are added later (`addIngressRule`, `connections`) are held to the same.
 */
export class PlatformSecurityGroup extends ec2.SecurityGroup {
  private readonly denials: Denials;

  constructor(scope: Construct, id: string, props: PlatformSecurityGroupProps) {
    super(scope, id, {
      vpc: props.vpc,
      description: props.description,
      allowAllOutbound: props.allowAllOutbound ?? true,
    });
    validateDescription(this, props.description);
    this.denials = new Denials(this, props.denied ?? []);
    const published = props.published ?? [];
    for (const { port, description } of published) {
      this.addIngressRule(ec2.Peer.anyIpv4(), port, description);
    }
    for (const { cidr, port, description } of props.allowed ?? []) {
      validateCidr(this, cidr);
      this.addIngressRule(cidr.includes(':') ? ec2.Peer.ipv6(cidr) : ec2.Peer.ipv4(cidr), port, description);
    }
    if (published.length > 0) {
      acknowledge(
        this,
        'Ports are published to the internet by name and description; those of administration and databases cannot be',
        'AwsSolutions-EC23',
      );
    }
  }

  /** Adds a rule; from a CIDR it needs a description. */
  public addIngressRule(peer: ec2.IPeer, connection: ec2.Port, description?: string, remoteRule?: boolean): void {
    const { cidrIp, cidrIpv6 } = peer.toIngressRuleConfig();
    const cidr: string | undefined = cidrIp ?? cidrIpv6;
    if (cidr !== undefined) {
      validateDescription(this, description ?? '');
      validateWorld(this, cidr, connection);
      this.denials.validate(cidr, connection);
    }
    super.addIngressRule(peer, connection, description, remoteRule);
  }
}

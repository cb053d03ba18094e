import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import type { IOperatorAlerts } from '../monitoring/api';
import type { ForwardingRule } from './forwarding-rule';

/** Properties of `PlatformDns`. */
export interface PlatformDnsProps {
  /**
   * Name of the public zone to define, such as `example.com`. Its registrar must then delegate to the zone's name servers.
   * @default - `publicZone` is used
   */
  readonly zoneName?: string;
  /**
   * Public zone that exists already. Records are added to it, nothing else is changed.
   * @default - a zone is defined for `zoneName`, in which only Amazon may issue certificates (CAA)
   */
  readonly publicZone?: route53.IPublicHostedZone;
  /**
   * Network whose machines ask the private zones.
   * @default - no private zones, no resolver endpoints, no query log
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Name of the private zone. The public zone's own name would hide every public record from the VPC.
   * @default - `internal.` before the public zone's name
   */
  readonly privateZoneName?: string;
  /**
   * Networks, IPv4 or IPv6, whose addresses have names (PTR records), known at synth. A mask between whole octets (IPv4) or
   * nibbles (IPv6) takes the enclosing zone: 10.20.16.0/20 is kept in `20.10.in-addr.arpa`.
   * @default - no reverse zones
   */
  readonly reverseCidrs?: string[];
  /**
   * Reverse zones by name, such as `20.10.in-addr.arpa` or `8.b.d.0.1.0.0.2.ip6.arpa`, for networks unknown at synth.
   * @default - only those of `reverseCidrs`
   */
  readonly reverseZoneNames?: string[];
  /**
   * Domains that other DNS servers answer. They need an outbound resolver endpoint, which AWS bills per address and hour.
   * @see https://aws.amazon.com/route53/pricing/
   * @default - the VPC's resolver answers everything
   */
  readonly forwardingRules?: ForwardingRule[];
  /**
   * IPv4 networks that may ask the VPC's resolver, such as an office behind a VPN. They need an inbound resolver endpoint,
   * which AWS bills per address and hour.
   * @see https://aws.amazon.com/route53/pricing/
   * @default - no inbound endpoint
   */
  readonly inboundFrom?: string[];
  /**
   * IPv4 addresses of the inbound endpoint, one in each of `resolverSubnets` in their order. CloudFormation does not tell which ones AWS
   * chose, so name them if other networks forward questions here.
   * @default - AWS chooses; they are shown in the console and stay as long as the endpoint
   */
  readonly inboundAddresses?: string[];
  /**
   * Subnets of the resolver endpoints, 2 to 6 in at least two zones.
   * @default - one private subnet in each zone of the VPC
   */
  readonly resolverSubnets?: ec2.SubnetSelection;
  /**
   * How long the questions of the VPC are kept in the log.
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly queryLogRetention?: logs.RetentionDays;
  /**
   * Key that encrypts the query log.
   * @default - a key with rotation is defined, kept on removal
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Where alarms go.
   * @default - no alarms are defined
   */
  readonly alerts?: IOperatorAlerts;
}

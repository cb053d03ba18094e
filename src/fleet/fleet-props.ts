import type { Duration } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { IOperatorAlerts } from '../monitoring/api';
import type { DockerService } from './docker-service';
import type { OcppElasticIpAttributes } from './elastic-ip';
import type { Exposure } from './exposure';
import type { FleetScaling } from './fleet-scaling';
import type { FleetStandby } from './fleet-standby';
import type { MachineHealth } from './machine-health';
import type { Placement } from './placement';

/** Properties of `DockerizedServiceFleet`. */
export interface DockerizedServiceFleetProps {
  /** VPC with subnets in at least two zones: public ones, and private ones with a way out unless machines and web are public. */
  readonly vpc: ec2.IVpc;
  /** Certificates of the load balancers, 1 to 25, of the stack's own region. They cover each host name. */
  readonly certificates: acm.ICertificate[];
  /** What the machines run, 1 to 10 services. All of them run on every machine. */
  readonly services: DockerService[];
  /**
   * In which subnets the machines stand.
   * @default Placement.privateSubnets()
   */
  readonly placement?: Placement;
  /**
   * How the web services are reached. A change makes a new load balancer; take the deletion protection off the old one before.
   * @default Exposure.direct()
   */
  readonly exposure?: Exposure;
  /**
   * What changes the number of machines, and their type.
   * @default - it stays at `minMachines`
   */
  readonly scaling?: FleetScaling[];
  /**
   * What is ready to take over when machines or a zone are lost.
   * @default FleetStandby.none()
   */
  readonly standby?: FleetStandby;
  /**
   * Type of the machines; it decides between the arm64 and amd64 form of Ubuntu, and images must have that form too. Not every region
   * has every type. A change replaces the machines one after another.
   * @default ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE)
   */
  readonly instanceType?: ec2.InstanceType;
  /**
   * Fewest machines, 1 to 100.
   * @default 2
   */
  readonly minMachines?: number;
  /**
   * Most machines, 1 to 100.
   * @default - 6, or `minMachines` if that is more
   */
  readonly maxMachines?: number;
  /**
   * Which failure replaces a machine.
   * @default MachineHealth.WHOLE_MACHINE
   */
  readonly machineHealth?: MachineHealth;
  /**
   * How long a charge point may be silent before its socket is closed, 60 to 4000 seconds. It holds for the whole load balancer;
   * the network load balancer and NGINX stay above it, and NGINX bounds web connections by itself.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
   * @default Duration.seconds(4000)
   */
  readonly ocppIdleTimeout?: Duration;
  /**
   * How often charge points are to ping (OCPP's `WebSocketPingInterval`), at least 10 seconds and below `ocppIdleTimeout`. The OCPP
   * service finds the seconds in `OCPP_PING_SECONDS` and hands them to its charge points. Mobile networks forget silent connections,
   * some after 5 minutes.
   * @default - 240 seconds, or a third of `ocppIdleTimeout` if that is less
   */
  readonly ocppPingInterval?: Duration;
  /**
   * Over how long a machine that leaves closes the sockets of its charge points, one replica after another, so that they do not all
   * come back at once; 10 to 3540 seconds. New sockets go to other machines meanwhile. The load balancer waits a minute longer.
   * Each replica of the OCPP service has its `stopGrace` within it.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
   * @default Duration.minutes(5)
   */
  readonly ocppDrainWindow?: Duration;
  /**
   * Elastic IPs that exist already and that charge points know, one per zone of the VPC, in the order of its zones.
   * @default - new ones, kept on removal
   */
  readonly ocppElasticIps?: OcppElasticIpAttributes[];
  /**
   * Key that encrypts logs, leases of jobs and queues. It must let CloudWatch Logs use it for this account's log groups. Disks are
   * encrypted with the account's own key for EBS.
   * @default - a key with rotation is defined, kept on removal
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * How long the load balancer's access logs are kept.
   * @default Duration.days(400)
   */
  readonly accessLogRetention?: Duration;
  /**
   * Where alarms go. With alerts, a rollout that makes a service fail is undone.
   * @default - no alarms are defined
   */
  readonly alerts?: IOperatorAlerts;
}

import { type App, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import {
  ChargingPlatformNetwork,
  type ChargingPlatformNetworkProps,
  ConnectionPool,
  DatabasePrivileges,
  DatabaseStandby,
  DockerImage,
  DockerizedServiceFleet,
  DockerService,
  FleetStandby,
  ForwardingRule,
  NatStrategy,
  OcppEndpoint,
  Placement,
  PlatformDns,
  ResilientMysql,
  type ResilientMysqlProps,
} from '../../src';

const SPAIN = { account: '111122223333', region: 'eu-south-2' };
const ZONES = ['eu-south-2a', 'eu-south-2b'];
const STAFF = '192.168.0.0/16';

/** A construct with an option, in a stack of its own; the path of what is to be priced is `<id>/Priced`. */
interface Option {
  /** What the option is compared with: the id of another option; nothing where it is the default itself. */
  readonly against?: string;
  readonly says: string;
  define(stack: Stack): void;
}

const network =
  (props: Partial<ChargingPlatformNetworkProps> = {}, id = 'Priced') =>
  (stack: Stack) =>
    new ChargingPlatformNetwork(stack, id, { availabilityZones: ZONES, ...props });
const database =
  (props: Partial<ResilientMysqlProps> = {}) =>
  (stack: Stack) =>
    new ResilientMysql(stack, 'Priced', { vpc: network({}, 'Network')(stack).vpc, ...props });
const fleet =
  (standby: FleetStandby, placement = Placement.privateSubnets()) =>
  (stack: Stack) => {
    new DockerizedServiceFleet(stack, 'Priced', {
      vpc: network({}, 'Network')(stack).vpc,
      certificates: [
        acm.Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-south-2:111122223333:certificate/1'),
      ],
      services: [
        DockerService.api({
          image: DockerImage.fromRegistry('ghcr.io/example/api:1.4.2'),
          hostNames: ['api.example.com'],
        }),
        DockerService.ocpp({
          image: DockerImage.fromRegistry('ghcr.io/example/ocpp:1.4.2'),
          endpoints: [OcppEndpoint.tls({ hostName: 'ocpp.example.com' })],
        }),
      ],
      standby,
      placement,
    });
  };
const dns = (asked: boolean) => (stack: Stack) => {
  new PlatformDns(stack, 'Priced', {
    publicZone: route53.PublicHostedZone.fromHostedZoneAttributes(stack, 'Zone', {
      zoneName: 'example.com',
      hostedZoneId: 'Z1',
    }),
    vpc: network({}, 'Network')(stack).vpc,
    ...(asked
      ? { forwardingRules: [ForwardingRule.forDomain('corp.example.com', ['192.168.0.53'])], inboundFrom: [STAFF] }
      : {}),
  });
};

/** The options that change what is billed while nobody charges. */
export const OPTIONS: Record<string, Option> = {
  Network: { says: '`ChargingPlatformNetwork`, two zones', define: network() },
  NatSingle: {
    against: 'Network',
    says: '`natStrategy: NatStrategy.single()`',
    define: network({ natStrategy: NatStrategy.single() }),
  },
  NatNone: {
    against: 'Network',
    says: '`natStrategy: NatStrategy.none()`',
    define: network({ natStrategy: NatStrategy.none() }),
  },
  Vpn: {
    against: 'Network',
    says: '`addVpn(…)`, each',
    define: (stack) =>
      void network()(stack).addVpn('Headquarters', { customerGateway: '203.0.113.10', remoteCidrs: [STAFF] }),
  },
  Database: { says: '`ResilientMysql`, db.m7g.large, 100 GB', define: database() },
  StandbyNone: {
    against: 'Database',
    says: '`standby: DatabaseStandby.none()`',
    define: database({ standby: DatabaseStandby.none() }),
  },
  PoolNone: {
    against: 'Database',
    says: '`connectionPool: ConnectionPool.none()`',
    define: database({ connectionPool: ConnectionPool.none() }),
  },
  User: {
    against: 'Database',
    says: '`addUser(…)`, the first',
    define: (stack) => void database()(stack).addUser('api', DatabasePrivileges.readWrite()),
  },
  Fleet: { says: '`DockerizedServiceFleet`, two m7g.large, web and charge points', define: fleet(FleetStandby.none()) },
  WarmPool: {
    against: 'Fleet',
    says: '`standby: FleetStandby.warmPool()`, two machines',
    define: fleet(FleetStandby.warmPool()),
  },
  Reserved: {
    against: 'Fleet',
    says: '`… warmPool({ reservedPerZone: 2 })`',
    define: fleet(FleetStandby.warmPool({ reservedPerZone: 2 })),
  },
  PublicMachines: {
    against: 'Fleet',
    says: '`placement: Placement.publicSubnets()`',
    define: fleet(FleetStandby.none(), Placement.publicSubnets()),
  },
  Dns: { says: '`PlatformDns`, zones only', define: dns(false) },
  DnsEndpoints: { against: 'Dns', says: '`forwardingRules` and `inboundFrom`', define: dns(true) },
};

/** Every option in one app, a stack each. */
export function everyOption(app: App): void {
  for (const [id, { define }] of Object.entries(OPTIONS)) {
    define(new Stack(app, id, { env: SPAIN }));
  }
}

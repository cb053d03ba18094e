import type { MachineDescription, ServiceDescription } from './description';
import { matching } from './hostile';
import { block, commented, type Directive, directive, literal } from './nginx-writer';

/**
 * What the load balancer says about a client certificate.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html
 */
const CERTIFICATE_HEADERS = ['', '-Serial-Number', '-Issuer', '-Subject', '-Validity', '-Leaf'].map(
  (suffix) => `X-Amzn-Mtls-Clientcert${suffix}`,
);

/** An IPv4 or IPv6 network. */
const NETWORK = /^[\da-fA-F.:]+\/\d{1,3}$/;

/** The client's address and the truth about its connection, where the load balancer tells them. */
export function clientIdentity({ loadBalancerCidrs, services }: MachineDescription): Directive[] {
  const networks = loadBalancerCidrs.map((cidr) =>
    literal('loadBalancerCidrs', matching('loadBalancerCidrs', cidr, NETWORK, 'a network like 10.20.0.0/20')),
  );
  return [
    ...networks.map((network) => directive('set_real_ip_from', network)),
    directive('real_ip_header', 'X-Forwarded-For'),
    directive('real_ip_recursive', 'on'),
    block(
      'geo',
      ['$realip_remote_addr', '$from_load_balancer'],
      [directive('default', 0), ...networks.map(({ value }) => directive(value, 1))],
    ),
    map('$from_load_balancer', '$forwarded_proto', '$scheme', [['1', '$http_x_forwarded_proto']]),
    map('$from_load_balancer', '$forwarded_port', '$server_port', [['1', '$http_x_forwarded_port']]),
    ...certificates(services),
  ];
}

/** Only services of charge points are spoken to by WebSocket, and a charge point is the last part of the path that it connects to. */
export function chargePoints(services: readonly ServiceDescription[]): Directive[] {
  const ports = services.filter(({ protocol }) => protocol === 'ocpp').map(({ proxyPort }) => proxyPort);
  return [
    map(
      '$server_port:$http_upgrade',
      '$upgrade_header',
      '',
      ports.map((port) => [`~*^${port}:websocket$`, 'websocket']),
    ),
    map('$upgrade_header', '$connection_header', '', [['websocket', 'upgrade']]),
    map(
      '$server_port:$uri',
      '$charge_point',
      '',
      ports.map((port) => [`~^${port}:.*/(?<identity>[^/]+)$`, '$identity']),
    ),
  ];
}

/** Headers that services receive. One address reaches them, which NGINX has established; what a client claims does not. */
export function requestHeaders(): Directive[] {
  return [
    ['Host', '$host'],
    ['Connection', '$connection_header'],
    ['Upgrade', '$upgrade_header'],
    ['X-Forwarded-For', '$remote_addr'],
    ['X-Forwarded-Proto', '$forwarded_proto'],
    ['X-Forwarded-Port', '$forwarded_port'],
    ...['X-Forwarded-Host', 'X-Real-IP', 'Forwarded', 'Proxy'].map((header) => [header, '']),
    ...CERTIFICATE_HEADERS.map((header) => [header, variableOf(header)]),
  ].map(([name, value]) => directive('proxy_set_header', name, value));
}

/**
 * Which requests may name a client certificate: those of a listener that checks it. The load balancer passes the same headers on
 * untouched where a listener does not ask for certificates, so anybody could write them there.
 */
function certificates(services: readonly ServiceDescription[]): Directive[] {
  const checked = services.flatMap(({ proxyPort, mutualTlsPorts }) =>
    mutualTlsPorts.map((port): [string, string] => [`1:${proxyPort}:${port}`, '1']),
  );
  return [
    commented(
      'Load balancer, service and listener by which a certificate was checked.',
      map('$from_load_balancer:$server_port:$http_x_forwarded_port', '$certificate_checked', '0', checked),
    ),
    ...CERTIFICATE_HEADERS.map((header) =>
      map('$certificate_checked', variableOf(header), '', [['1', `$http_${snake(header)}`]]),
    ),
  ];
}

function map(from: string, to: string, otherwise: string, cases: readonly (readonly [string, string])[]): Directive {
  return block(
    'map',
    [from, to],
    [directive('default', otherwise), ...cases.map(([value, result]) => directive(value, result))],
  );
}

function variableOf(header: string): string {
  return `$checked_${snake(header)}`;
}

function snake(header: string): string {
  return header.toLowerCase().replaceAll('-', '_');
}

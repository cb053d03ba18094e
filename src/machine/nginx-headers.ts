import type { MachineDescription, ServiceDescription } from './description';
import { matching } from './hostile';
import { block, type Directive, directive, literal } from './nginx-writer';

/**
 * What the load balancer says about a client certificate.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html
 */
const CERTIFICATE_HEADERS = ['', '-Serial-Number', '-Issuer', '-Subject', '-Validity', '-Leaf'].map(
  (suffix) => `X-Amzn-Mtls-Clientcert${suffix}`,
);

/** An IPv4 or IPv6 network. */
const NETWORK = /^[\da-fA-F.:]+\/\d{1,3}$/;

/** The client's address and the truth about its connection, where the load balancer tells them. */
export function clientIdentity({ loadBalancerCidrs }: MachineDescription): Directive[] {
  const networks = loadBalancerCidrs.map((cidr) =>
    literal('loadBalancerCidrs', matching('loadBalancerCidrs', cidr, NETWORK, 'networks like 10.20.0.0/20')),
  );
  return [
    ...networks.map((network) => directive('set_real_ip_from', network)),
    directive('real_ip_header', 'X-Forwarded-For'),
    directive('real_ip_recursive', 'on'),
    block(
      'geo',
      ['$realip_remote_addr', '$from_load_balancer'],
      [directive('default', 0), ...networks.map((network) => ({ name: network.value, args: [1] }))],
    ),
    block(
      'map',
      ['$from_load_balancer', '$forwarded_proto'],
      [directive('default', '$scheme'), directive('1', '$http_x_forwarded_proto')],
    ),
    block(
      'map',
      ['$from_load_balancer', '$forwarded_port'],
      [directive('default', '$server_port'), directive('1', '$http_x_forwarded_port')],
    ),
  ];
}

/**
 * Which requests may name a client certificate: those of a listener that checks it. The load balancer passes the same headers on
 * untouched where a listener does not ask for certificates, so anybody could write them there.
 */
export function certificateMaps(services: readonly ServiceDescription[]): Directive[] {
  const ports = [...new Set(services.flatMap(({ mutualTlsPorts }) => mutualTlsPorts))].sort((a, b) => a - b);
  if (ports.length === 0) {
    return [];
  }
  return [
    block(
      'map',
      ['$from_load_balancer:$http_x_forwarded_port', '$certificate_checked'],
      [directive('default', 0), ...ports.map((port) => directive(`1:${port}`, 1))],
    ),
    ...CERTIFICATE_HEADERS.map((header) =>
      block(
        'map',
        ['$certificate_checked', variableOf(header)],
        [directive('default', ''), directive('1', `$http_${snake(header)}`)],
      ),
    ),
  ];
}

/** Headers that a service receives. One address reaches it, which NGINX has established; what a client claims does not. */
export function requestHeaders(service: ServiceDescription): Directive[] {
  const certificate = (header: string) => (service.mutualTlsPorts.length > 0 ? variableOf(header) : '');
  return [
    ['Host', '$host'],
    ['Connection', service.protocol === 'ocpp' ? '$connection_upgrade' : ''],
    ...(service.protocol === 'ocpp' ? [['Upgrade', '$http_upgrade']] : []),
    ['X-Real-IP', '$remote_addr'],
    ['X-Forwarded-For', '$remote_addr'],
    ['X-Forwarded-Proto', '$forwarded_proto'],
    ['X-Forwarded-Port', '$forwarded_port'],
    ['X-Forwarded-Host', '$host'],
    ['Forwarded', ''],
    ['Proxy', ''],
    ...CERTIFICATE_HEADERS.map((header) => [header, certificate(header)]),
  ].map(([name, value]) => directive('proxy_set_header', name, value));
}

function variableOf(header: string): string {
  return `$checked_${snake(header)}`;
}

function snake(header: string): string {
  return header.toLowerCase().replaceAll('-', '_');
}

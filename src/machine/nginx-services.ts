import type { MachineDescription, ServiceDescription } from './description';
import { matching } from './hostile';
import { answerLocation } from './nginx-answers';
import type { NginxLayout } from './nginx-layout';
import { block, commented, type Directive, directive, literal } from './nginx-writer';

/** Seconds that NGINX waits beyond the load balancer, so that it is never the one who ends an idle socket. */
const BEYOND_IDLE_SECONDS = 60;
/** Charge points give up on a connection that takes longer. */
const STORM_SECONDS = 30;
const HOST_NAME = /^(\*\.)?[a-z\d]([a-z\d.-]*[a-z\d])?$/i;
const PATH = /^\/[\w./~%+,=:@-]*$/;

export function idleSeconds(machine: MachineDescription): number {
  return machine.ocppIdleSeconds + BEYOND_IDLE_SECONDS;
}

/** What must stand beside the servers: the replicas, and memory for cache and limits. */
export function serviceDefinitions(service: ServiceDescription, layout: NginxLayout): Directive[] {
  return [upstream(service), ...cacheDefinition(service, layout), ...limitDefinition(service)];
}

/** A port of its own, which the target group sends to. */
export function serviceServers(
  service: ServiceDescription,
  machine: MachineDescription,
  layout: NginxLayout,
): Directive[] {
  const address = `${layout.address}${service.proxyPort}`;
  const listenFirst = directive('listen', address, 'default_server', 'backlog=8192');
  const names = service.hostNames.map((hostName) =>
    literal('hostNames', matching('hostNames', hostName, HOST_NAME, 'host names like api.example.com')),
  );
  const health = healthLocation(service, machine);
  if (service.protocol === 'ocpp') {
    return [
      commented(
        'Takes every name: charge points in the field may know the platform by its address.',
        block('server', [], [listenFirst, ...ocppServer(service, machine), health, answerLocation()]),
      ),
    ];
  }
  return [
    commented(
      'Health checks of the load balancer, which come by address; no other name is served.',
      block(
        'server',
        [],
        [listenFirst, health, block('location', ['/'], [directive('return', 404)]), answerLocation()],
      ),
    ),
    block(
      'server',
      [],
      [directive('listen', address), directive('server_name', ...names), ...webServer(service), answerLocation()],
    ),
  ];
}

/**
 * A replica on this machine that is down refuses at once, and the next one is asked. None is left out for a while (`max_fails=0`): a
 * service whose replicas were all down for a moment would go on failing after they are back.
 */
function upstream(service: ServiceDescription): Directive {
  const { name, replicas, firstReplicaPort } = service;
  const servers = Array.from({ length: replicas }, (_, index) =>
    directive('server', `127.0.0.1:${firstReplicaPort + index}`, 'max_fails=0'),
  );
  const balancing =
    service.protocol === 'ocpp'
      ? [commented('Sockets live for days: a new one goes where the fewest are.', directive('least_conn')), ...servers]
      : [
          ...servers,
          directive('keepalive', 64),
          commented(
            'Below the five seconds after which Node.js closes an idle connection, so that no request meets a closing one.',
            directive('keepalive_timeout', '4s'),
          ),
        ];
  return block('upstream', [name], [directive('zone', `upstream_${name}`, '256k'), ...balancing]);
}

function cacheDefinition({ name, cacheSeconds }: ServiceDescription, layout: NginxLayout): Directive[] {
  return cacheSeconds === 0
    ? []
    : [
        directive(
          'proxy_cache_path',
          `${layout.dataFolder}/cache-${name}`,
          'levels=1:2',
          `keys_zone=cache_${name}:10m`,
          'max_size=1g',
          'inactive=1h',
          'use_temp_path=off',
        ),
      ];
}

function limitDefinition({ name, protocol, requestsPerSecond }: ServiceDescription): Directive[] {
  const counted =
    protocol === 'ocpp'
      ? ['$server_port', `zone=limit_${name}:32k`]
      : ['$binary_remote_addr', `zone=limit_${name}:10m`];
  return requestsPerSecond === 0 ? [] : [directive('limit_req_zone', ...counted, `rate=${requestsPerSecond}r/s`)];
}

/** A web client gets a short burst and is then refused; charge points that come back together wait, each for its turn. */
function limitUse({ name, protocol, requestsPerSecond }: ServiceDescription): Directive[] {
  const zone = `zone=limit_${name}`;
  const limit =
    protocol === 'ocpp'
      ? directive('limit_req', zone, `burst=${STORM_SECONDS * requestsPerSecond}`)
      : directive('limit_req', zone, `burst=${2 * requestsPerSecond}`, 'nodelay');
  return requestsPerSecond === 0 ? [] : [limit];
}

function webServer(service: ServiceDescription): Directive[] {
  return [
    directive('client_max_body_size', `${service.maxBodyKiB}k`),
    ...limitUse(service),
    block('location', ['/'], [directive('proxy_pass', `http://${service.name}`), ...cacheUse(service)]),
  ];
}

/** Nobody's private answer is kept: neither one to a request that says who asks, nor one that sets a cookie. */
function cacheUse({ name, cacheSeconds }: ServiceDescription): Directive[] {
  return cacheSeconds === 0
    ? []
    : [
        directive('proxy_cache', `cache_${name}`),
        directive('proxy_cache_key', '$host$request_uri'),
        directive('proxy_cache_valid', 200, 301, `${cacheSeconds}s`),
        directive('proxy_cache_bypass', '$http_authorization', '$http_cookie'),
        directive('proxy_no_cache', '$http_authorization', '$http_cookie', '$upstream_http_set_cookie'),
        directive('proxy_cache_lock', 'on'),
        directive(
          'proxy_cache_use_stale',
          ...['updating', 'error', 'timeout', 'http_500', 'http_502', 'http_503', 'http_504'],
        ),
        directive('proxy_cache_background_update', 'on'),
        directive('proxy_cache_revalidate', 'on'),
        directive('open_file_cache', 'max=10000', 'inactive=60s'),
        directive('add_header', 'X-Cache-Status', '$upstream_cache_status', 'always'),
      ];
}

function ocppServer(service: ServiceDescription, machine: MachineDescription): Directive[] {
  const idle = `${idleSeconds(machine)}s`;
  return [
    directive('client_max_body_size', `${service.maxBodyKiB}k`),
    block(
      'location',
      ['/'],
      [
        directive('proxy_pass', `http://${service.name}`),
        ...limitUse(service),
        directive('proxy_buffering', 'off'),
        directive('proxy_request_buffering', 'off'),
        commented('Held twice by each socket.', directive('proxy_buffer_size', '4k')),
        directive('proxy_read_timeout', idle),
        directive('proxy_send_timeout', idle),
      ],
    ),
  ];
}

/** What the load balancer and the machine ask: the service itself, past cache and limits, in a few seconds. */
function healthLocation(service: ServiceDescription, machine: MachineDescription): Directive {
  const path = matching('healthCheckPath', service.healthCheckPath, PATH, `a path like /health`);
  return block(
    'location',
    ['=', literal('healthCheckPath', path)],
    [
      directive('access_log', 'off'),
      directive('proxy_pass', `http://${service.name}`),
      directive('proxy_read_timeout', `${Math.min(5, machine.ocppIdleSeconds)}s`),
    ],
  );
}

import type { MachineDescription } from './description';
import { answerLocation, answers } from './nginx-answers';
import { chargePoints, clientIdentity, requestHeaders } from './nginx-headers';
import { type NginxLayout, UBUNTU } from './nginx-layout';
import { idleSeconds, serviceDefinitions, serviceServers } from './nginx-services';
import { block, commented, type Directive, directive, writeNginx } from './nginx-writer';

const HEADER = '# Written by cdk-charging-platform. What is changed here is lost with the machine.\n';

/** Of a WebSocket the line is written when it ends, and its duration is the socket's life. Query strings may hold tokens and stay out. */
const LOG_FIELDS = {
  time: '$time_iso8601',
  service: '$proxy_host',
  client: '$remote_addr',
  host: '$host',
  method: '$request_method',
  path: '$uri',
  status: '$status',
  bytesIn: '$request_length',
  bytesOut: '$bytes_sent',
  seconds: '$request_time',
  replica: '$upstream_addr',
  replicaStatus: '$upstream_status',
  replicaSeconds: '$upstream_response_time',
  cache: '$upstream_cache_status',
  chargePoint: '$charge_point',
  trace: '$http_x_amzn_trace_id',
  userAgent: '$http_user_agent',
};

/** NGINX in front of the services. It never cuts sockets by itself: there is no `worker_shutdown_timeout`, so reloads keep them. */
export function renderNginx(machine: MachineDescription, layout: NginxLayout = UBUNTU): string {
  return HEADER + writeNginx(main(machine, layout));
}

function main(machine: MachineDescription, layout: NginxLayout): Directive[] {
  return [
    ...(layout.user === undefined ? [] : [directive('user', layout.user)]),
    directive('pid', layout.pidFile),
    directive('error_log', `${layout.logFolder}/error.log`, 'warn'),
    directive('worker_processes', 'auto'),
    directive('worker_rlimit_nofile', layout.openFiles),
    block('events', [], [directive('worker_connections', layout.workerConnections)]),
    block('http', [], http(machine, layout)),
  ];
}

function http(machine: MachineDescription, layout: NginxLayout): Directive[] {
  const listening = machine.services.filter(({ protocol }) => protocol !== 'scheduled');
  return [
    ...common(layout),
    ...timeouts(machine),
    ...retries(),
    ...compression(),
    ...clientIdentity({ ...machine, services: listening }),
    ...chargePoints(listening),
    ...requestHeaders(),
    ...answers(),
    ...logging(layout),
    ...listening.flatMap((service) => serviceDefinitions(service, layout)),
    ...listening.flatMap((service) => serviceServers(service, machine, layout)),
    ownServer(machine),
  ];
}

function common({ dataFolder }: NginxLayout): Directive[] {
  return [
    directive('server_tokens', 'off'),
    directive('sendfile', 'on'),
    directive('tcp_nopush', 'on'),
    directive('default_type', 'application/octet-stream'),
    directive('client_body_temp_path', `${dataFolder}/body`),
    directive('proxy_temp_path', `${dataFolder}/proxy`),
    directive('server_names_hash_bucket_size', 512),
    directive('map_hash_bucket_size', 256),
    commented(
      'A client certificate in a header is longer than the usual eight kilobytes.',
      directive('large_client_header_buffers', 4, '32k'),
    ),
    directive('limit_req_status', 429),
  ];
}

function timeouts(machine: MachineDescription): Directive[] {
  return [
    commented(
      "Longer than the load balancer's: it must never send a request into a connection that NGINX is closing.",
      directive('keepalive_timeout', `${idleSeconds(machine)}s`),
    ),
    directive('client_header_timeout', '15s'),
    directive('client_body_timeout', '30s'),
    directive('send_timeout', '30s'),
  ];
}

/** A dead replica costs no request that may be repeated; one that may not (POST, PATCH) is only sent on if it never was sent. */
function retries(): Directive[] {
  return [
    directive('proxy_http_version', '1.1'),
    directive('proxy_connect_timeout', '3s'),
    directive('proxy_read_timeout', '60s'),
    directive('proxy_next_upstream', 'error', 'timeout', 'http_502', 'http_503', 'http_504'),
    directive('proxy_next_upstream_tries', 3),
    directive('proxy_next_upstream_timeout', '10s'),
    directive('proxy_buffers', 8, '16k'),
    directive('proxy_buffer_size', '16k'),
  ];
}

function compression(): Directive[] {
  return [
    directive('gzip', 'on'),
    directive('gzip_proxied', 'any'),
    directive('gzip_vary', 'on'),
    directive('gzip_min_length', 1024),
    directive(
      'gzip_types',
      'application/javascript',
      'application/json',
      'image/svg+xml',
      'text/css',
      'text/javascript',
      'text/plain',
    ),
  ];
}

function logging({ logFolder }: NginxLayout): Directive[] {
  const fields = Object.entries(LOG_FIELDS).map(([name, variable]) => `"${name}":"${variable}"`);
  return [
    directive('log_format', 'json', 'escape=json', `{${fields.join(',')}}`),
    directive('access_log', `${logFolder}/access.log`, 'json', 'buffer=64k', 'flush=1s'),
  ];
}

/** For the machine alone: whether NGINX is alive, and how many connections it holds. */
function ownServer({ machineHealthPort }: MachineDescription): Directive {
  return block(
    'server',
    [],
    [
      directive('listen', `127.0.0.1:${machineHealthPort}`),
      directive('access_log', 'off'),
      block(
        'location',
        ['=', '/health'],
        [directive('return', 200, '{"status":200}'), directive('default_type', 'application/json')],
      ),
      block('location', ['=', '/nginx-status'], [directive('stub_status')]),
      block('location', ['/'], [directive('return', 404)]),
      answerLocation(),
    ],
  );
}

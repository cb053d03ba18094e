import * as crypto from 'node:crypto';
import {
  FIRST_GENERAL_PROXY_PORT,
  FIRST_REPLICA_PORT,
  GENERAL_PROXY_PORTS,
  MAX_REPLICAS,
  OCPP_LISTENER_OFFSET,
  PRESET_PROXY_PORTS,
} from './constants';

/** Ports of NGINX by service. They follow from names, so that another service changes no port, which would replace a target group. */
export function proxyPorts(services: readonly string[]): Map<string, number> {
  const ports = new Map<string, number>();
  for (const service of services) {
    ports.set(service, PRESET_PROXY_PORTS[service] ?? freePort(service, new Set(ports.values())));
  }
  return ports;
}

/** First port of a service's replicas on the loopback; services are far enough apart for the most replicas. */
export function firstReplicaPort(proxyPort: number): number {
  return FIRST_REPLICA_PORT + (proxyPort - 8000) * MAX_REPLICAS;
}

/** Port of the application load balancer behind an endpoint's port. */
export function listenerPort(endpointPort: number): number {
  return endpointPort + OCPP_LISTENER_OFFSET;
}

/** A number below `limit` that stays with `text` over deployments. */
export function stableNumber(text: string, limit: number): number {
  return crypto.createHash('sha256').update(text).digest().readUInt32BE(0) % limit;
}

function freePort(service: string, taken: Set<number>): number {
  let slot = stableNumber(service, GENERAL_PROXY_PORTS);
  while (taken.has(FIRST_GENERAL_PROXY_PORT + slot)) {
    slot = (slot + 1) % GENERAL_PROXY_PORTS;
  }
  return FIRST_GENERAL_PROXY_PORT + slot;
}

/**
 * What one machine of the fleet runs, as plain data without tokens: the fleet fills it, the renderers turn it into files.
 * Values known only at deploy time are named here and arrive on the machine in its environment file.
 */
export interface MachineDescription {
  readonly services: readonly ServiceDescription[];
  /** Seconds that an idle OCPP socket is held; NGINX's own time-outs stay above it. */
  readonly ocppIdleSeconds: number;
  /** Seconds within which a machine that leaves ends its OCPP sockets, replica after replica; the load balancer waits longer. */
  readonly ocppDrainSeconds: number;
  /** Networks whose forwarded headers are believed: the subnets of the load balancers. */
  readonly loadBalancerCidrs: readonly string[];
  /** Port on which NGINX itself answers whether the machine is well. */
  readonly machineHealthPort: number;
  /** Time zone of schedules and of the machine's clock, IANA. */
  readonly timeZone: string;
}

/** How a service is spoken to: plain web requests, OCPP's long WebSockets, or not at all. */
export type ServiceProtocol = 'web' | 'ocpp' | 'scheduled';

export interface ServiceDescription {
  /** Lower case letters, digits and hyphens: `back-office`. */
  readonly name: string;
  readonly protocol: ServiceProtocol;
  /** Key of the environment file that holds the image's address with its digest or tag: `IMAGE_BACK_OFFICE`. */
  readonly imageVariable: string;
  readonly hostNames: readonly string[];
  /** Port inside the container. */
  readonly containerPort: number;
  /** Port of NGINX that this service's target group sends to; 0 for scheduled services. */
  readonly proxyPort: number;
  /** Containers per machine, 1 to 8. */
  readonly replicas: number;
  /** First port on the loopback that the replicas listen on, one each. */
  readonly firstReplicaPort: number;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly healthCheckPath: string;
  /** Seconds between the polite and the final signal. */
  readonly stopGraceSeconds: number;
  /**
   * Command that ends a container's sockets over `DRAIN_SECONDS`, when the machine leaves service; empty where the polite signal to stop
   * does it.
   */
  readonly drainCommand: readonly string[];
  /** Key of the environment file that holds the name of the service's log group: `LOG_GROUP`. */
  readonly logGroupVariable: string;
  /** Ports of load balancers that demand a client certificate: only what came through them may name one. */
  readonly mutualTlsPorts: readonly number[];
  /** Secrets that the machine reads at start, by environment key: name of the variable that holds the secret's ARN. */
  readonly secretVariables: Readonly<Record<string, string>>;
  /** Seconds that NGINX keeps answers to GET without cookie or Authorization; 0 keeps none. */
  readonly cacheSeconds: number;
  /**
   * Requests per second and client address that NGINX lets through; 0 does not limit. For OCPP: new sockets per second of all charge
   * points together, of which the others wait for their turn.
   */
  readonly requestsPerSecond: number;
  readonly maxBodyKiB: number;
  readonly schedules: readonly ScheduleDescription[];
}

/** A job of a scheduled service. */
export interface ScheduleDescription {
  readonly name: string;
  /** systemd calendar expression without zone: `*-*-* 04:30:00`. */
  readonly onCalendar: string;
  readonly timeZone: string;
  readonly command: readonly string[];
}

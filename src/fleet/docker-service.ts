import { Duration, Size } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import { byName } from '../private/by-name';
import type { DockerImage } from './docker-image';
import type { JobSchedule } from './job-schedule';
import type { OcppEndpoint } from './ocpp-endpoint';
import type { ServiceDefinition } from './service-definition';
import type { ServiceSecret } from './service-secret';

/** What every service has. */
export interface DockerServiceOptions {
  /** Image of the service. A new tag or digest rolls it out, machine by machine. */
  readonly image: DockerImage;
  /**
   * Environment of the containers: one line each, no secrets. Together with all services it travels in the machine's user data.
   * @default - no variables
   */
  readonly environment?: { [name: string]: string };
  /**
   * Secrets that the machine reads and puts into the environment of the containers, by variable. They never stand in the template,
   * in user data or in an asset.
   * @default - no secrets
   */
  readonly secrets?: { [name: string]: ServiceSecret };
  /**
   * Processors that each container may use, 0.1 to 64.
   * @default 0.5
   */
  readonly cpus?: number;
  /**
   * Memory that each container may use, 64 MiB to 256 GiB; one that wants more is restarted.
   * @default Size.mebibytes(512)
   */
  readonly memory?: Size;
  /**
   * Time between the polite signal to stop and the final one, 1 to 600 seconds.
   * @default Duration.seconds(30)
   */
  readonly stopGrace?: Duration;
  /**
   * How long what the containers print is kept.
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
}

/** What a service that answers requests has. */
export interface ListeningServiceOptions extends DockerServiceOptions {
  /**
   * Port inside the container, 1 to 65535.
   * @default 8080
   */
  readonly containerPort?: number;
  /**
   * Containers per machine, 1 to 8; NGINX balances over them.
   * @default 1
   */
  readonly replicas?: number;
  /**
   * Path that answers 200 while the service is well.
   * @default '/health'
   */
  readonly healthCheckPath?: string;
}

/** Options of services that answer web requests. */
export interface WebServiceOptions extends ListeningServiceOptions {
  /** Names under which the service is reached, 1 to 20. The fleet's certificates cover each. `*.` may stand in front. */
  readonly hostNames: string[];
  /**
   * Paths below the host names that this service answers, up to 3, each beginning with `/`; `*` stands for anything. Another service may
   * have the same host names with other paths, or without: paths come first.
   * @default - every path
   */
  readonly paths?: string[];
  /**
   * How long NGINX keeps answers to GET requests that carry neither cookie nor Authorization header, up to one day. Leave it at zero
   * where callers are told apart by another header.
   * @default Duration.seconds(0)
   */
  readonly cacheTtl?: Duration;
  /**
   * Requests per second that NGINX lets one client address make, 0 to 10000; 0 does not limit.
   * @default 0
   */
  readonly requestsPerSecond?: number;
  /**
   * Largest request body, 1 KiB to 1 GiB.
   * @default Size.mebibytes(1)
   */
  readonly maxBodySize?: Size;
}

/** Options of `DockerService.web`. */
export interface GeneralServiceOptions extends WebServiceOptions {
  /** Name of the service: a lower-case letter, then up to 30 lower-case letters, digits or hyphens. */
  readonly name: string;
}

/** Options of `DockerService.ocpp`. */
export interface OcppServiceOptions extends ListeningServiceOptions {
  /**
   * Fixed addresses that charge points connect to. The first one adds a network load balancer with an Elastic IP per zone.
   * @default - no fixed addresses; `hostNames` are needed
   */
  readonly endpoints?: OcppEndpoint[];
  /**
   * Names under which charge points are served by the web's load balancer, without fixed addresses; only with `Exposure.direct()`.
   * @default - charge points come through `endpoints` only
   */
  readonly hostNames?: string[];
  /**
   * New sockets per second that NGINX lets through on each machine, 0 to 10000; 0 does not limit. When thousands of charge points come
   * back together, the others wait up to 30 seconds for their turn, so that the service and its database are not overrun; what comes
   * beyond is told to try again later.
   * @default 200
   */
  readonly connectionsPerSecond?: number;
  /**
   * Command that closes a container's sockets evenly over the seconds that its environment names in `DRAIN_SECONDS`, one argument each.
   * It runs in one container after another when the machine leaves service, before the signal to stop.
   * @default - the polite signal to stop closes the sockets of a container, all at once
   */
  readonly drainCommand?: string[];
}

/** Options of `DockerService.jobs`. */
export interface JobsServiceOptions extends DockerServiceOptions {
  /** What runs when, 1 to 50. */
  readonly schedules: JobSchedule[];
}

/** A service that runs in Docker on every machine, behind NGINX. */
export class DockerService {
  /** The Back Office: operators' web application. */
  public static backOffice(options: WebServiceOptions): DockerService {
    return DockerService.webService('back-office', options);
  }

  /** The API that apps and partners call. */
  public static api(options: WebServiceOptions): DockerService {
    return DockerService.webService('api', options);
  }

  /** OCPI: roaming with other operators. */
  public static ocpi(options: WebServiceOptions): DockerService {
    return DockerService.webService('ocpi', options);
  }

  /** OCPP: the WebSockets of charge points, which live for days. */
  public static ocpp(options: OcppServiceOptions): DockerService {
    return new DockerService({
      ...common(options),
      ...listening(options),
      name: 'ocpp',
      protocol: 'ocpp',
      hostNames: options.hostNames ?? [],
      endpoints: options.endpoints ?? [],
      requestsPerSecond: options.connectionsPerSecond ?? 200,
      drainCommand: options.drainCommand ?? [],
    });
  }

  /** Jobs on a calendar. Nothing listens; at each time of its calendar a job runs on one machine that is in service. */
  public static jobs(options: JobsServiceOptions): DockerService {
    return new DockerService({
      ...common(options),
      ...listening({ image: options.image }),
      name: 'jobs',
      protocol: 'scheduled',
      schedules: options.schedules,
    });
  }

  /** Any other service that answers web requests. */
  public static web(options: GeneralServiceOptions): DockerService {
    return DockerService.webService(options.name, options);
  }

  /** Name of the service, by which metrics and logs are found. */
  public readonly name: string;

  private constructor(
    /** @internal */
    public readonly _definition: ServiceDefinition,
  ) {
    this.name = _definition.name;
  }

  private static webService(name: string, options: WebServiceOptions): DockerService {
    return new DockerService({
      ...common(options),
      ...listening(options),
      name,
      protocol: 'web',
      hostNames: options.hostNames,
      paths: options.paths ?? [],
      cacheTtl: options.cacheTtl ?? Duration.seconds(0),
      requestsPerSecond: options.requestsPerSecond ?? 0,
      maxBodySize: options.maxBodySize ?? Size.mebibytes(1),
    });
  }
}

function common(options: DockerServiceOptions) {
  return {
    image: options.image,
    environment: byName(options.environment),
    secrets: byName(options.secrets),
    cpus: options.cpus ?? 0.5,
    memory: options.memory ?? Size.mebibytes(512),
    stopGrace: options.stopGrace ?? Duration.seconds(30),
    logRetention: options.logRetention ?? logs.RetentionDays.THREE_MONTHS,
    hostNames: [],
    paths: [],
    endpoints: [],
    drainCommand: [],
    cacheTtl: Duration.seconds(0),
    requestsPerSecond: 0,
    maxBodySize: Size.mebibytes(1),
    schedules: [],
  };
}

function listening(options: ListeningServiceOptions) {
  return {
    containerPort: options.containerPort ?? 8080,
    replicas: options.replicas ?? 1,
    healthCheckPath: options.healthCheckPath ?? '/health',
  };
}

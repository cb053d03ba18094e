import type { Duration, Size } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { ServiceProtocol } from '../machine/description';
import type { DockerImage } from './docker-image';
import type { JobSchedule } from './job-schedule';
import type { OcppEndpoint } from './ocpp-endpoint';
import type { ServiceSecret } from './service-secret';

/** An image as the machines pull it. */
export interface PulledImage {
  readonly address: string;
  /** @default - a registry that asks for no credentials */
  readonly repository?: ecr.IRepository;
}

/** A service as the fleet works with it, with every default filled in. */
export interface ServiceDefinition {
  readonly name: string;
  readonly protocol: ServiceProtocol;
  readonly image: DockerImage;
  readonly environment: { readonly [name: string]: string };
  readonly secrets: { readonly [name: string]: ServiceSecret };
  readonly cpus: number;
  readonly memory: Size;
  readonly stopGrace: Duration;
  /** Empty where the signal to stop is enough. */
  readonly drainCommand: readonly string[];
  readonly logRetention: logs.RetentionDays;
  readonly containerPort: number;
  readonly replicas: number;
  readonly healthCheckPath: string;
  readonly hostNames: readonly string[];
  /** None: every path. */
  readonly paths: readonly string[];
  readonly endpoints: readonly OcppEndpoint[];
  readonly cacheTtl: Duration;
  /** Of a client; of all charge points together, their new sockets. 0 does not limit. */
  readonly requestsPerSecond: number;
  readonly maxBodySize: Size;
  readonly schedules: readonly JobSchedule[];
}

import type { Duration, Size } from 'aws-cdk-lib';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { ServiceProtocol } from '../machine/description';
import type { DockerImage } from './docker-image';
import type { JobSchedule } from './job-schedule';
import type { OcppEndpoint } from './ocpp-endpoint';

/** A service as the fleet works with it, with every default filled in. */
export interface ServiceDefinition {
  readonly name: string;
  readonly protocol: ServiceProtocol;
  readonly image: DockerImage;
  readonly environment: { readonly [name: string]: string };
  readonly secrets: { readonly [name: string]: secretsmanager.ISecret };
  readonly cpus: number;
  readonly memory: Size;
  readonly stopGrace: Duration;
  readonly containerPort: number;
  readonly replicas: number;
  readonly healthCheckPath: string;
  readonly hostNames: readonly string[];
  readonly endpoints: readonly OcppEndpoint[];
  readonly cacheTtl: Duration;
  readonly requestsPerSecond: number;
  readonly maxBodySize: Size;
  readonly schedules: readonly JobSchedule[];
}

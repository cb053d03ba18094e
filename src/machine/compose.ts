import { stringify } from 'yaml';
import type { MachineDescription, ServiceDescription } from './description';
import { matching } from './hostile';
import { RUNTIME_FOLDER } from './paths';

export const PROJECT_NAME = 'charging-platform';
const NAME = /^[a-z][a-z\d-]*$/;
const VARIABLE = /^[A-Z][A-Z\d_]*$/;

/**
 * Containers of a machine: one service of Compose per replica, so that each has a port and can be stopped by itself. Images, log groups and
 * the machine's name come from the environment of the program that calls Compose.
 */
export function renderCompose({ services }: MachineDescription): string {
  const document = {
    name: PROJECT_NAME,
    services: Object.fromEntries(services.flatMap(containers)),
  };
  return `# Written by cdk-charging-platform. What is changed here is lost with the machine.\n${stringify(document, { lineWidth: 0 })}`;
}

/** Names of a service's containers. */
export function containerNames({ name, protocol, replicas }: ServiceDescription): string[] {
  return protocol === 'scheduled'
    ? [name]
    : Array.from(
        { length: replicas },
        (_, index) => `${matching('name', name, NAME, 'lower case letters, digits and hyphens')}-${index + 1}`,
      );
}

function containers(service: ServiceDescription): [string, object][] {
  return containerNames(service).map((container, index) => [container, describe(service, container, index)]);
}

function describe(service: ServiceDescription, container: string, index: number): object {
  const scheduled = service.protocol === 'scheduled';
  return {
    image: variable('imageVariable', service.imageVariable),
    env_file: [`${RUNTIME_FOLDER}/${service.name}.env`],
    ...(scheduled
      ? // Not started with the others: a timer runs it.
        { profiles: ['scheduled'], restart: 'no' }
      : {
          ports: [`127.0.0.1:${service.firstReplicaPort + index}:${service.containerPort}`],
          // Not `always`: a replica that was drained stays down when Docker restarts.
          restart: 'unless-stopped',
        }),
    cpus: service.cpus,
    mem_limit: `${service.memoryMiB}m`,
    // The same as memory: no swap, a container that wants more is restarted.
    memswap_limit: `${service.memoryMiB}m`,
    pids_limit: 1024,
    ulimits: { nofile: { soft: 65_536, hard: 65_536 } },
    init: true,
    stop_grace_period: `${service.stopGraceSeconds}s`,
    security_opt: ['no-new-privileges:true'],
    logging: logging(service, container),
  };
}

/** Straight to CloudWatch. Text that it does not take in time is dropped: a service must not stand still for its log. */
function logging({ logGroupVariable }: ServiceDescription, container: string): object {
  return {
    driver: 'awslogs',
    options: {
      'awslogs-region': variable('region', 'AWS_REGION'),
      'awslogs-group': variable('logGroupVariable', logGroupVariable),
      'awslogs-stream': `${variable('machine', 'INSTANCE_ID')}/${container}`,
      mode: 'non-blocking',
      'max-buffer-size': '4m',
    },
  };
}

function variable(prop: string, name: string): string {
  return `\${${matching(prop, name, VARIABLE, 'an upper case name')}:?}`;
}

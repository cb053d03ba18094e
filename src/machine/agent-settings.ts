import { containerNames } from './compose';
import type { MachineDescription, ServiceDescription } from './description';

/** What the programs on the machine know about it, as JSON: no quoting, no shell. */
export function renderAgentSettings(machine: MachineDescription): string {
  const settings = {
    machineHealthPort: machine.machineHealthPort,
    ocppDrainSeconds: machine.ocppDrainSeconds,
    services: machine.services.map(describe),
    jobs: machine.services.flatMap(({ name, schedules }) =>
      schedules.map((schedule) => ({ name: schedule.name, service: name, command: schedule.command })),
    ),
  };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

function describe(service: ServiceDescription): object {
  return {
    name: service.name,
    protocol: service.protocol,
    image: service.imageVariable,
    secrets: service.secretVariables,
    containers: containerNames(service),
    replicaPorts:
      service.protocol === 'scheduled'
        ? []
        : containerNames(service).map((_, index) => service.firstReplicaPort + index),
    proxyPort: service.proxyPort,
    healthCheckPath: service.healthCheckPath,
    stopGraceSeconds: service.stopGraceSeconds,
    drainCommand: service.drainCommand,
  };
}

import type { MachineDescription, ServiceDescription } from '../../src/machine';

const SERVICE: ServiceDescription = {
  name: 'api',
  protocol: 'web',
  imageVariable: 'IMAGE_API',
  hostNames: ['api.example.com'],
  containerPort: 8080,
  proxyPort: 8082,
  replicas: 2,
  firstReplicaPort: 20_656,
  cpus: 0.5,
  memoryMiB: 512,
  healthCheckPath: '/health',
  stopGraceSeconds: 30,
  drainCommand: [],
  logGroupVariable: 'LOG_GROUP',
  mutualTlsPorts: [],
  secretVariables: { DATABASE_PASSWORD: 'SECRET_API_DATABASE_PASSWORD' },
  cacheSeconds: 30,
  requestsPerSecond: 50,
  maxBodyKiB: 1024,
  schedules: [],
};

/** The API as the golden files have it, with what is given changed. */
export function service(changes: Partial<ServiceDescription> = {}): ServiceDescription {
  return { ...SERVICE, ...changes };
}

const PLAIN = { secretVariables: {}, cacheSeconds: 0, requestsPerSecond: 0 };

/** The five services of a platform. */
export const FIVE_SERVICES: readonly ServiceDescription[] = [
  service({
    ...PLAIN,
    name: 'back-office',
    imageVariable: 'IMAGE_BACK_OFFICE',
    hostNames: ['backoffice.example.com', '*.backoffice.example.com'],
    proxyPort: 8081,
    replicas: 1,
    firstReplicaPort: 20_648,
  }),
  service(),
  service({
    ...PLAIN,
    name: 'ocpp',
    protocol: 'ocpp',
    imageVariable: 'IMAGE_OCPP',
    hostNames: ['ocpp.example.com', 'ocpp-secure.example.com'],
    mutualTlsPorts: [18_443],
    requestsPerSecond: 200,
    proxyPort: 8083,
    replicas: 4,
    firstReplicaPort: 20_664,
  }),
  service({
    ...PLAIN,
    name: 'ocpi',
    imageVariable: 'IMAGE_OCPI',
    hostNames: ['ocpi.example.com'],
    proxyPort: 8084,
    replicas: 1,
    firstReplicaPort: 20_672,
  }),
  service({
    ...PLAIN,
    name: 'jobs',
    protocol: 'scheduled',
    imageVariable: 'IMAGE_JOBS',
    hostNames: [],
    proxyPort: 0,
    replicas: 1,
    firstReplicaPort: 0,
    secretVariables: { DATABASE_PASSWORD: 'SECRET_JOBS_DATABASE_PASSWORD' },
    schedules: [
      {
        name: 'invoices',
        onCalendar: '*-*-* 04:30:00',
        timeZone: 'Europe/Madrid',
        command: ['node', 'invoices.js', '--month=%last', 'a "quoted" $value'],
      },
    ],
  }),
];

/** A machine of the example platform, with what is given changed. */
export function machine(changes: Partial<MachineDescription> = {}): MachineDescription {
  return {
    services: FIVE_SERVICES,
    ocppIdleSeconds: 4000,
    ocppDrainSeconds: 240,
    loadBalancerCidrs: ['10.20.0.0/20', '10.20.16.0/20'],
    machineHealthPort: 8080,
    timeZone: 'Europe/Madrid',
    ...changes,
  };
}

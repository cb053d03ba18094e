import { CfnParameter, Duration, Size, TimeZone } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { DockerService, JobSchedule, OcppEndpoint, ServiceSecret } from '../../src/fleet';
import { describeMachine } from '../../src/fleet/machine-description';
import { newStack } from '../support/stacks';
import { IMAGE, trustStoreIn } from './fixture';

const stack = newStack();
const secret = ServiceSecret.fromSecretsManager(
  secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'api'),
  'field',
);

function describeServices(...services: DockerService[]) {
  return describeMachine(stack, {
    services: services.map(({ _definition }) => _definition),
    proxyPorts: new Map([
      ['back-office', 8081],
      ['ocpp', 8083],
    ]),
    ocppIdleSeconds: 600,
    ocppDrainSeconds: 300,
    loadBalancerCidrs: ['10.20.0.0/20'],
  });
}

test('says of the machine what it is told', () => {
  expect(describeServices()).toEqual({
    services: [],
    ocppIdleSeconds: 600,
    ocppDrainSeconds: 300,
    loadBalancerCidrs: ['10.20.0.0/20'],
    machineHealthPort: 8080,
    timeZone: 'Europe/Madrid',
  });
});

test('carries every option of a web service, in the units of the machine', () => {
  const { services } = describeServices(
    DockerService.backOffice({
      image: IMAGE,
      hostNames: ['backoffice.example.com'],
      environment: { LOG_LEVEL: 'info' },
      secrets: { PASSWORD: secret },
      cpus: 1.5,
      memory: Size.gibibytes(1),
      stopGrace: Duration.minutes(1),
      containerPort: 3000,
      replicas: 3,
      healthCheckPath: '/ready',
      cacheTtl: Duration.minutes(2),
      requestsPerSecond: 20,
      maxBodySize: Size.mebibytes(5),
    }),
  );
  expect(services).toEqual([
    {
      name: 'back-office',
      protocol: 'web',
      imageVariable: 'IMAGE_BACK_OFFICE',
      logGroupVariable: 'LOG_GROUP_BACK_OFFICE',
      hostNames: ['backoffice.example.com'],
      secretVariables: { PASSWORD: 'SECRET_BACK_OFFICE__PASSWORD' },
      cpus: 1.5,
      memoryMiB: 1024,
      stopGraceSeconds: 60,
      drainCommand: [],
      containerPort: 3000,
      proxyPort: 8081,
      mutualTlsPorts: [],
      replicas: 3,
      firstReplicaPort: 20_648,
      healthCheckPath: '/ready',
      cacheSeconds: 120,
      requestsPerSecond: 20,
      maxBodyKiB: 5120,
      schedules: [],
    },
  ]);
});

test('has the defaults that the options document', () => {
  const [service] = describeServices(DockerService.backOffice({ image: IMAGE, hostNames: ['b.example.com'] })).services;
  expect(service).toMatchObject({
    cpus: 0.5,
    memoryMiB: 512,
    stopGraceSeconds: 30,
    containerPort: 8080,
    replicas: 1,
    healthCheckPath: '/health',
    cacheSeconds: 0,
    requestsPerSecond: 0,
    maxBodyKiB: 1024,
  });
});

test('names the listener whose certificates NGINX believes, and each name once', () => {
  const hostName = 'ocpp.example.com';
  const ocpp = DockerService.ocpp({
    image: IMAGE,
    endpoints: [
      OcppEndpoint.tls({ hostName }),
      OcppEndpoint.mutualTls({ hostName, port: 8443, trustStore: trustStoreIn(stack) }),
    ],
  });
  expect(describeServices(ocpp).services).toMatchObject([
    { protocol: 'ocpp', hostNames: [hostName], mutualTlsPorts: [18_443], requestsPerSecond: 200 },
  ]);
});

test('jobs have no port, and their calendar in their zone', () => {
  const jobs = DockerService.jobs({
    image: IMAGE,
    schedules: [
      JobSchedule.daily({ name: 'invoices', hour: 4, minute: 5, command: ['node', 'invoices.js'] }),
      JobSchedule.calendar({
        name: 'islands',
        calendar: 'Mon *-*-* 03:00',
        timeZone: TimeZone.ATLANTIC_CANARY,
        command: ['x'],
      }),
    ],
  });
  expect(describeServices(jobs).services).toMatchObject([
    {
      protocol: 'scheduled',
      proxyPort: 0,
      firstReplicaPort: 0,
      hostNames: [],
      schedules: [
        {
          name: 'invoices',
          onCalendar: '*-*-* 04:05:00',
          timeZone: 'Europe/Madrid',
          command: ['node', 'invoices.js'],
        },
        { name: 'islands', onCalendar: 'Mon *-*-* 03:00', timeZone: 'Atlantic/Canary', command: ['x'] },
      ],
    },
  ]);
});

test('refuses what only a deployment knows, with the name of the prop', () => {
  const command = [new CfnParameter(stack, 'Argument').valueAsString];
  const jobs = DockerService.jobs({ image: IMAGE, schedules: [JobSchedule.daily({ name: 'a', hour: 4, command })] });
  expect(() => describeServices(jobs)).toThrow(
    new Error(
      "[Test] 'schedules' of 'jobs' must be known when the app is synthesised, got a token: it becomes part of files on the machine; give 'environment' what is not",
    ),
  );
});

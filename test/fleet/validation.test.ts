import { CfnParameter, TimeZone } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { DockerService, FleetScaling, JobSchedule, OcppEndpoint } from '../../src/fleet';
import {
  refusedTagKeys,
  validateCertificates,
  validateInstanceType,
  validateMachines,
  validateScaling,
  validateScheduledScaling,
  validateServices,
  validateStandby,
  validateTarget,
  validateTimeZone,
} from '../../src/fleet/validation';
import { newStack } from '../support/stacks';
import { API, certificateIn, IMAGE, OCPP } from './fixture';

const stack = newStack();
const certificate = certificateIn(stack);
const token = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
const error = (message: string) => new Error(`[Test] ${message}`);
const services = (...all: DockerService[]) => all.map(({ _definition }) => _definition);
const web = (name: string, hostNames: string[], paths?: string[]) =>
  DockerService.web({ name, image: IMAGE, hostNames, paths });

describe('services', () => {
  const check =
    (...all: DockerService[]) =>
    () =>
      validateServices(stack, services(...all));
  const many = (count: number) => Array.from({ length: count }, (_, n) => web(`s${n}`, [`s${n}.example.com`]));

  test.each([0, 11])('refuses %d', (count) => {
    expect(check(...many(count))).toThrow(error(`'services' must hold 1 to 10 services, got ${count}`));
  });

  test.each([1, 10])('accepts %d', (count) => {
    expect(check(...many(count))).not.toThrow();
  });

  test('refuses jobs alone', () => {
    const jobs = DockerService.jobs({
      image: IMAGE,
      schedules: [JobSchedule.daily({ name: 'a', hour: 1, command: ['a'] })],
    });
    expect(check(jobs)).toThrow(
      error(
        "'services' must hold one that answers requests, got scheduled jobs only; add one such as DockerService.api",
      ),
    );
  });

  test('refuses a name twice', () => {
    expect(check(API, DockerService.api({ image: IMAGE, hostNames: ['b.example.com'] }))).toThrow(
      error("'services' must have names of their own, got 'api' twice; use DockerService.web with another name"),
    );
  });

  test('refuses a port twice', () => {
    const ocpp = DockerService.ocpp({
      image: IMAGE,
      endpoints: [OcppEndpoint.tls({ hostName: 'a.example.com' }), OcppEndpoint.tls({ hostName: 'b.example.com' })],
    });
    expect(check(ocpp)).toThrow(
      error("'endpoints' must have ports of their own, because TLS settings belong to a port, got 443 twice"),
    );
  });
});

test.each([0, 26])('refuses %d certificates', (count) => {
  expect(() => validateCertificates(stack, Array(count).fill(certificate))).toThrow(
    error(`'certificates' must hold 1 to 25 certificates, got ${count}`),
  );
});

test.each([1, 25])('accepts %d certificates', (count) => {
  expect(() => validateCertificates(stack, Array(count).fill(certificate))).not.toThrow();
});

test.each([
  [0, 6, "'minMachines' must be a whole number, 1 to 100, got 0"],
  [1.5, 6, "'minMachines' must be a whole number, 1 to 100, got 1.5"],
  [2, 101, "'maxMachines' must be a whole number, 1 to 100, got 101"],
  [3, 2, "'maxMachines' must be at least 'minMachines', got 2 below 3"],
])('refuses %d to %d machines', (min, max, message) => {
  expect(() => validateMachines(stack, min, max)).toThrow(error(message));
});

test.each([
  [1, 1],
  [100, 100],
  [token, 1],
])('accepts %d to %d machines', (min, max) => {
  expect(() => validateMachines(stack, min, max)).not.toThrow();
});

describe('scaling', () => {
  test('refuses two of a kind, not two calendars or services', () => {
    const check = (...scaling: FleetScaling[]) => validateScaling(stack, scaling, services(API, OCPP));
    expect(() => check(FleetScaling.onCpu(50), FleetScaling.onCpu(60))).toThrow(
      error("'scaling' must hold each kind of target once, got FleetScaling.onCpu twice; two targets would fight"),
    );
    expect(() =>
      check(
        FleetScaling.onCpu(50),
        FleetScaling.onOcppConnections(8000),
        FleetScaling.onRequestsPerTarget(API, 1000),
        FleetScaling.onRequestsPerTarget(OCPP, 1000),
      ),
    ).not.toThrow();
  });

  test('refuses to count connections where there are none', () => {
    expect(() => validateScaling(stack, [FleetScaling.onOcppConnections(8000)], services(API))).toThrow(
      error("'scaling' must hold FleetScaling.onOcppConnections only with DockerService.ocpp in 'services', got none"),
    );
  });

  test('refuses targets out of bounds', () => {
    const check = (value: number) => () => validateTarget(stack, 'onCpu', 'targetPercent', value, 10, 90);
    expect(check(9)).toThrow(error("'targetPercent' of FleetScaling.onCpu must be 10 to 90, got 9"));
    expect(check(91)).toThrow(error("'targetPercent' of FleetScaling.onCpu must be 10 to 90, got 91"));
    for (const value of [10, 90, token]) {
      expect(check(value)).not.toThrow();
    }
  });

  const scheduled = (options: { schedule?: string; minMachines?: number; maxMachines?: number }) => () =>
    validateScheduledScaling(
      stack,
      { minMachines: 2, ...options, schedule: autoscaling.Schedule.expression(options.schedule ?? '30 6 * * 1-5') },
      TimeZone.EUROPE_MADRID,
    );

  test.each(['0 30 6 * * ?', 'cron(30 6 * * ? *)', '30 6 * *'])('refuses the cron %j', (schedule) => {
    expect(scheduled({ schedule })).toThrow(
      error(
        `'schedule' of FleetScaling.scheduled must be cron with five fields (minute, hour, day, month, weekday), got '${schedule}'`,
      ),
    );
  });

  test('refuses a change of nothing, and limits that no fleet has', () => {
    expect(scheduled({ minMachines: undefined })).toThrow(
      error("'minMachines' or 'maxMachines' of FleetScaling.scheduled must be given, got neither"),
    );
    expect(scheduled({ minMachines: 0 })).toThrow(error("'minMachines' must be a whole number, 1 to 100, got 0"));
    expect(scheduled({ minMachines: undefined, maxMachines: 101 })).toThrow(
      error("'maxMachines' must be a whole number, 1 to 100, got 101"),
    );
    expect(scheduled({ minMachines: 3, maxMachines: 2 })).toThrow(
      error("'maxMachines' must be at least 'minMachines', got 2 below 3"),
    );
    expect(scheduled({ minMachines: 3, maxMachines: 3 })).not.toThrow();
  });

  test.each(['Europe/Madird', 'europe/madrid', 'CET+1', '', 'Madrid', 'Europe/Madrid\n'])('refuses zone %j', (name) => {
    expect(() => validateTimeZone(stack, TimeZone.of(name))).toThrow(
      error(`'timeZone' must be a zone of the IANA list such as Europe/Madrid, got '${name}'`),
    );
  });

  test.each(['Europe/Madrid', 'Atlantic/Canary', 'UTC', 'America/Argentina/Buenos_Aires'])(
    'accepts zone %s',
    (name) => {
      expect(() => validateTimeZone(stack, TimeZone.of(name))).not.toThrow();
    },
  );

  test('refuses another architecture', () => {
    const m7g = new ec2.InstanceType('m7g.large');
    expect(() => validateInstanceType(stack, new ec2.InstanceType('m7i.xlarge'), m7g)).toThrow(
      error(
        "'instanceType' of FleetScaling.scheduledInstanceType must have the architecture of the fleet's (m7g.large is arm64), got m7i.xlarge of x86_64; images and Ubuntu have it too",
      ),
    );
    expect(() => validateInstanceType(stack, new ec2.InstanceType('r8g.2xlarge'), m7g)).not.toThrow();
  });
});

test.each([
  [1, 0, "'machines' of FleetStandby.warmPool must be a whole number, one per zone (2) to 100, got 1"],
  [101, 0, "'machines' of FleetStandby.warmPool must be a whole number, one per zone (2) to 100, got 101"],
  [2, -1, "'reservedPerZone' of FleetStandby.warmPool must be a whole number, 0 to 20, got -1"],
  [2, 21, "'reservedPerZone' of FleetStandby.warmPool must be a whole number, 0 to 20, got 21"],
])('refuses %d warm machines with %d reserved', (machines, reserved, message) => {
  expect(() => validateStandby(stack, machines, reserved, 2)).toThrow(error(message));
});

test.each([
  [2, 0],
  [100, 20],
  [token, token],
])('accepts %d warm machines with %d reserved', (machines, reserved) => {
  expect(() => validateStandby(stack, machines, reserved, 2)).not.toThrow();
});

test('names tag keys that instance metadata refuses', () => {
  expect(refusedTagKeys(['Name', 'charging-platform:fleet', 'aws:x'])).toEqual([]);
  expect(refusedTagKeys(['cost/center', 'cost center'])).toEqual(
    ['cost/center', 'cost center'].map(
      (key) =>
        `tags of the machines must have keys of letters, digits and + - = . , _ : @, because the machines read their tags from instance metadata, got '${key}'; exclude 'AWS::AutoScaling::AutoScalingGroup' and 'AWS::EC2::LaunchTemplate' from it`,
    ),
  );
});

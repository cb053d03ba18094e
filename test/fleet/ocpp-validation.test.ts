import { CfnParameter, Duration } from 'aws-cdk-lib';
import { DockerService } from '../../src/fleet';
import {
  validateElasticIps,
  validateOcppDrainWindow,
  validateOcppIdleTimeout,
  validateOcppPingInterval,
} from '../../src/fleet/ocpp-validation';
import { newStack } from '../support/stacks';
import { IMAGE, OCPP } from './fixture';

const stack = newStack();
const token = Duration.seconds(new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber);
const error = (message: string) => new Error(`[Test] ${message}`);

test.each([59, 4001])('refuses an idle time of %d seconds', (seconds) => {
  expect(() => validateOcppIdleTimeout(stack, Duration.seconds(seconds))).toThrow(
    error(
      `'ocppIdleTimeout' must be 60 to 4000 seconds, got ${seconds}; a load balancer holds no longer, so let charge points ping more often`,
    ),
  );
});

test.each([60, 4000])('accepts an idle time of %d seconds', (seconds) => {
  expect(() => validateOcppIdleTimeout(stack, Duration.seconds(seconds))).not.toThrow();
});

test.each([9, 600, 601])('refuses a ping each %d seconds where sockets live 600', (seconds) => {
  expect(() => validateOcppPingInterval(stack, Duration.seconds(seconds), Duration.seconds(600))).toThrow(
    error(
      `'ocppPingInterval' must be at least 10 seconds and below 'ocppIdleTimeout' (600), got ${seconds}; a third of 'ocppIdleTimeout' is a good measure`,
    ),
  );
});

test.each([10, 599])('accepts a ping each %d seconds where sockets live 600', (seconds) => {
  expect(() => validateOcppPingInterval(stack, Duration.seconds(seconds), Duration.seconds(600))).not.toThrow();
});

describe('drain window', () => {
  const check =
    (window: Duration, replicas = 1, stopGrace = Duration.seconds(1)) =>
    () =>
      validateOcppDrainWindow(stack, window, [
        DockerService.ocpp({ image: IMAGE, hostNames: ['o.example.com'], replicas, stopGrace })._definition,
      ]);

  test.each([9, 3541])('refuses %d seconds', (seconds) => {
    expect(check(Duration.seconds(seconds))).toThrow(
      error(
        `'ocppDrainWindow' must be 10 to 3540 seconds, got ${seconds}; a load balancer waits no longer than an hour`,
      ),
    );
  });

  test.each([10, 3540])('accepts %d seconds', (seconds) => {
    expect(check(Duration.seconds(seconds))).not.toThrow();
  });

  test('holds every replica one after another', () => {
    expect(check(Duration.seconds(120), 4, Duration.seconds(30))).not.toThrow();
    expect(check(Duration.seconds(119), 4, Duration.seconds(30))).toThrow(
      error(
        "'ocppDrainWindow' must hold the 'stopGrace' of each replica of 'ocpp' one after another (120 seconds), got 119; raise it, or lower 'stopGrace' or 'replicas'",
      ),
    );
  });
});

describe('existing addresses', () => {
  const address = (n: number) => ({ allocationId: `eipalloc-0123456789abcdef${n}`, address: `198.51.100.${n}` });

  test('one per zone', () => {
    expect(() => validateElasticIps(stack, [address(1), address(2)], 2)).not.toThrow();
    expect(() => validateElasticIps(stack, [address(1), address(2), address(3)], 2)).toThrow(
      error("'ocppElasticIps' must hold one address per zone of the VPC (2), got 3"),
    );
    expect(() => validateElasticIps(stack, [address(1)], 2)).toThrow(
      error("'ocppElasticIps' must hold one address per zone of the VPC (2), got 1"),
    );
  });

  test('none without endpoints', () => {
    expect(() => validateElasticIps(stack, [address(1)], 0)).toThrow(
      error(
        "'ocppElasticIps' must be left out where no service has an OcppEndpoint, got some; add OcppEndpoint.tls to 'endpoints'",
      ),
    );
  });

  test('of the right form, and not the same twice', () => {
    expect(() => validateElasticIps(stack, [address(1), { ...address(2), allocationId: 'eip-1' }], 2)).toThrow(
      error("'allocationId' of 'ocppElasticIps' must be such as eipalloc-0123456789abcdef0, got 'eip-1'"),
    );
    expect(() => validateElasticIps(stack, [address(1), { ...address(2), address: '198.51.100.256' }], 2)).toThrow(
      error("'address' of 'ocppElasticIps' must be an IPv4 address, got '198.51.100.256'"),
    );
    expect(() => validateElasticIps(stack, [address(1), address(1)], 2)).toThrow(
      error("'ocppElasticIps' must hold addresses of their own, got 'eipalloc-0123456789abcdef1' twice"),
    );
  });
});

test('tokens pass', () => {
  const definition = OCPP._definition;
  expect(() => {
    validateOcppIdleTimeout(stack, token);
    validateOcppPingInterval(stack, token, Duration.seconds(600));
    validateOcppPingInterval(stack, Duration.hours(2), token);
    validateOcppDrainWindow(stack, token, [definition]);
    validateOcppDrainWindow(stack, Duration.seconds(10), [{ ...definition, stopGrace: token }]);
  }).not.toThrow();
});

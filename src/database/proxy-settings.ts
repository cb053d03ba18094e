import { Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { RdsProxyOptions } from './connection-pool';

/** `RdsProxyOptions` with nothing left out. */
export interface ProxySettings {
  readonly maxConnectionsPercent: number;
  readonly maxIdleConnectionsPercent: number;
  readonly borrowTimeout: Duration;
  readonly idleClientTimeout: Duration;
  readonly initQuery?: string;
}

/** The proxy's settings with their defaults, or an error about what AWS would refuse. */
export function proxySettings(scope: Construct, options: RdsProxyOptions): ProxySettings {
  const maxConnectionsPercent = options.maxConnectionsPercent ?? 90;
  validatePercent(scope, 'maxConnectionsPercent', maxConnectionsPercent, 1, 100);
  const maxIdleConnectionsPercent = options.maxIdleConnectionsPercent ?? defaultIdlePercent(maxConnectionsPercent);
  if (!Token.isUnresolved(maxConnectionsPercent)) {
    validatePercent(scope, 'maxIdleConnectionsPercent', maxIdleConnectionsPercent, 0, maxConnectionsPercent);
  }
  const borrowTimeout = options.borrowTimeout ?? Duration.seconds(30);
  validateSeconds(scope, 'borrowTimeout', borrowTimeout, 0, 300);
  const idleClientTimeout = options.idleClientTimeout ?? Duration.minutes(30);
  validateSeconds(scope, 'idleClientTimeout', idleClientTimeout, 1, 28_800);
  return {
    maxConnectionsPercent,
    maxIdleConnectionsPercent,
    borrowTimeout,
    idleClientTimeout,
    initQuery: options.initQuery,
  };
}

function defaultIdlePercent(maxConnectionsPercent: number): number {
  return Token.isUnresolved(maxConnectionsPercent) ? 50 : Math.min(50, maxConnectionsPercent);
}

function validatePercent(scope: Construct, prop: string, value: number, min: number, max: number): void {
  if (Token.isUnresolved(value)) {
    return;
  }
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalid(scope, `'${prop}' must be a whole number of ${min} to ${max} percent, got ${value}`);
  }
}

function validateSeconds(scope: Construct, prop: string, value: Duration, min: number, max: number): void {
  if (value.isUnresolved()) {
    return;
  }
  const seconds = value.toSeconds({ integral: false });
  if (!Number.isInteger(seconds) || seconds < min || seconds > max) {
    throw invalid(scope, `'${prop}' must be ${min} to ${max} whole seconds, got ${seconds}`);
  }
}

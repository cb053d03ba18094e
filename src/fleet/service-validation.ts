import { type Duration, type Size, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import { LAST_ENDPOINT_PORT, MAX_REPLICAS } from './constants';
import type { JobSchedule } from './job-schedule';
import type { OcppEndpoint } from './ocpp-endpoint';
import type { ServiceDefinition } from './service-definition';
import { validateTimeZone } from './validation';

const NAME = /^[a-z][a-z0-9-]{0,30}$/;
/** The machine's own files and log streams carry these names. */
const RESERVED_NAMES = ['machine', 'nginx'];
const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const HOST_NAME = new RegExp(`^(\\*\\.)?(${LABEL}\\.)+${LABEL}$`);
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** systemd's `[days] date time`, without zone and without anything that a shell or unit file would read. */
const CALENDAR = /^([A-Z][a-z]{2}([.,]+[A-Z][a-z]{2})* )?[0-9*/,.~-]+ [0-9*/,.]+:[0-9*/,.]+(:[0-9*/,.]+)?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Each rule for one service. */
export function validateService(scope: Construct, service: ServiceDefinition): void {
  validateServiceName(scope, service.name);
  validateEnvironment(scope, service);
  validateRange(scope, service.name, 'cpus', service.cpus, 0.1, 64);
  validateMemory(scope, service.name, service.memory);
  validateDuration(scope, service.name, 'stopGrace', service.stopGrace, 1, 600);
  if (service.protocol === 'scheduled') {
    validateSchedules(scope, service);
    return;
  }
  validateWhole(scope, service.name, 'containerPort', service.containerPort, 1, 65_535);
  validateWhole(scope, service.name, 'replicas', service.replicas, 1, MAX_REPLICAS);
  validateHealthCheckPath(scope, service.name, service.healthCheckPath);
  validateDuration(scope, service.name, 'cacheTtl', service.cacheTtl, 0, 86_400);
  const rate = service.protocol === 'ocpp' ? 'connectionsPerSecond' : 'requestsPerSecond';
  validateWhole(scope, service.name, rate, service.requestsPerSecond, 0, 10_000);
  validateBodySize(scope, service.name, service.maxBodySize);
  validateHostNames(scope, service);
  validatePaths(scope, service);
  if (service.drainCommand.some((part) => !isArgument(part))) {
    throw invalid(
      scope,
      `'drainCommand' of '${service.name}' must hold the program and its arguments, each of one line`,
    );
  }
  for (const endpoint of service.endpoints) {
    validateEndpoint(scope, endpoint);
  }
}

export function validateServiceName(scope: Construct, name: string): void {
  if (RESERVED_NAMES.includes(name)) {
    throw invalid(scope, `'name' of a service must not be one that the machine uses itself, got '${name}'`);
  }
  if (!NAME.test(name)) {
    throw invalid(
      scope,
      `'name' of a service must be a lower-case letter, then up to 30 lower-case letters, digits or hyphens, got '${name}'`,
    );
  }
}

export function validateEnvironment(scope: Construct, { name, environment, secrets }: ServiceDefinition): void {
  for (const [variable, value] of Object.entries(environment)) {
    validateVariable(scope, `'environment' of '${name}'`, variable);
    if (!Token.isUnresolved(value) && CONTROL.test(value)) {
      throw invalid(
        scope,
        `'environment' of '${name}' must hold values of one line without control characters, got another in '${variable}'; give files and keys by 'secrets'`,
      );
    }
  }
  for (const [variable, { _field: field }] of Object.entries(secrets)) {
    validateVariable(scope, `'secrets' of '${name}'`, variable);
    if (field !== undefined && !Token.isUnresolved(field) && !/^[A-Za-z0-9_.-]{1,128}$/.test(field)) {
      throw invalid(
        scope,
        `'field' of the secret '${variable}' of '${name}' must be letters, digits, '_', '.' or '-', got '${field}'`,
      );
    }
    if (variable in environment) {
      throw invalid(
        scope,
        `'secrets' of '${name}' must not repeat a variable of 'environment', got '${variable}' in both`,
      );
    }
  }
}

function validateVariable(scope: Construct, prop: string, variable: string): void {
  if (!VARIABLE.test(variable)) {
    throw invalid(scope, `${prop} must hold variables of letters, digits and underscores, got '${variable}'`);
  }
}

function validateMemory(scope: Construct, service: string, memory: Size): void {
  if (!memory.isUnresolved()) {
    validateRange(scope, service, 'memory', memory.toMebibytes(), 64, 262_144, ' MiB');
  }
}

function validateBodySize(scope: Construct, service: string, size: Size): void {
  if (!size.isUnresolved()) {
    validateRange(scope, service, 'maxBodySize', size.toKibibytes(), 1, 1_048_576, ' KiB');
  }
}

function validateDuration(
  scope: Construct,
  service: string,
  prop: string,
  value: Duration,
  min: number,
  max: number,
): void {
  if (!value.isUnresolved()) {
    validateRange(scope, service, prop, value.toSeconds(), min, max, ' seconds');
  }
}

function validateWhole(scope: Construct, service: string, prop: string, value: number, min: number, max: number): void {
  if (!Token.isUnresolved(value) && !Number.isInteger(value)) {
    throw invalid(scope, `'${prop}' of '${service}' must be a whole number, got ${value}`);
  }
  validateRange(scope, service, prop, value, min, max);
}

function validateRange(
  scope: Construct,
  service: string,
  prop: string,
  value: number,
  min: number,
  max: number,
  unit = '',
): void {
  if (!Token.isUnresolved(value) && !(value >= min && value <= max)) {
    throw invalid(scope, `'${prop}' of '${service}' must be ${min} to ${max}${unit}, got ${value}`);
  }
}

export function validateHealthCheckPath(scope: Construct, service: string, path: string): void {
  if (!/^\/[A-Za-z0-9._~/-]{0,200}$/.test(path)) {
    throw invalid(scope, `'healthCheckPath' of '${service}' must be a path such as /health, got '${path}'`);
  }
}

function validateHostNames(scope: Construct, { name, protocol, hostNames, endpoints }: ServiceDefinition): void {
  if (protocol === 'web' && (hostNames.length === 0 || hostNames.length > 20)) {
    throw invalid(scope, `'hostNames' of '${name}' must hold 1 to 20 names, got ${hostNames.length}`);
  }
  if (protocol === 'ocpp' && hostNames.length + endpoints.length === 0) {
    throw invalid(
      scope,
      `'endpoints' of '${name}' must hold an endpoint where there are no 'hostNames', got none; use OcppEndpoint.tls`,
    );
  }
  for (const hostName of hostNames) {
    validateHostName(scope, `'hostNames' of '${name}'`, hostName, true);
  }
}

/** Case matters, and the load balancer knows `*` and `?` only. */
function validatePaths(scope: Construct, { name, paths }: ServiceDefinition): void {
  if (paths.length > 3) {
    throw invalid(
      scope,
      `'paths' of '${name}' must hold at most 3 paths, got ${paths.length}; use '*' or more services`,
    );
  }
  for (const path of paths) {
    if (!Token.isUnresolved(path) && !/^\/[A-Za-z0-9_.$/~@:+*-]{1,127}$/.test(path)) {
      throw invalid(scope, `'paths' of '${name}' must hold paths such as /v2/*, got '${path}'`);
    }
  }
}

/** A load balancer takes 128 characters in a host condition. */
function validateHostName(scope: Construct, prop: string, name: string, wildcard: boolean): void {
  if (Token.isUnresolved(name)) {
    return;
  }
  if (!HOST_NAME.test(name) || name.length > 126 || (name.startsWith('*') && !wildcard)) {
    throw invalid(
      scope,
      `${prop} must be a DNS name in lower case${wildcard ? '' : ' without wildcard'}, of at most 126 characters, got '${name}'`,
    );
  }
}

export function validateEndpoint(scope: Construct, endpoint: OcppEndpoint): void {
  validateHostName(scope, "'hostName' of an OcppEndpoint", endpoint.hostName, false);
  const { port } = endpoint;
  if (!Number.isInteger(port) || port < 1 || port > LAST_ENDPOINT_PORT) {
    throw invalid(
      scope,
      `'port' of the OcppEndpoint '${endpoint.hostName}' must be 1 to ${LAST_ENDPOINT_PORT}, got ${port}`,
    );
  }
}

function validateSchedules(scope: Construct, { name, schedules }: ServiceDefinition): void {
  if (schedules.length === 0 || schedules.length > 50) {
    throw invalid(scope, `'schedules' of '${name}' must hold 1 to 50 jobs, got ${schedules.length}`);
  }
  const names = schedules.map((schedule) => schedule.name);
  const twice = names.find((job, index) => names.indexOf(job) !== index);
  if (twice !== undefined) {
    throw invalid(scope, `'schedules' of '${name}' must have names of their own, got '${twice}' twice`);
  }
  for (const schedule of schedules) {
    validateSchedule(scope, schedule);
  }
}

export function validateSchedule(scope: Construct, schedule: JobSchedule): void {
  if (!NAME.test(schedule.name)) {
    throw invalid(
      scope,
      `'name' of a job must be a lower-case letter, then up to 30 lower-case letters, digits or hyphens, got '${schedule.name}'`,
    );
  }
  const [, hour, minute] = /^\*-\*-\* (\S+):(\S+):00$/.exec(schedule._calendar) ?? [];
  const beyond = (text: string | undefined, limit: number) => /^-?[0-9.]+$/.test(text ?? '') && !(Number(text) < limit);
  if (!CALENDAR.test(schedule._calendar) || beyond(hour, 24) || beyond(minute, 60)) {
    throw invalid(
      scope,
      `'calendar' of the job '${schedule.name}' must be a calendar event of systemd without time zone such as Mon..Fri *-*-* 04:30:00, got '${schedule._calendar}'`,
    );
  }
  if (schedule._command.length === 0 || schedule._command.some((part) => !isArgument(part))) {
    throw invalid(
      scope,
      `'command' of the job '${schedule.name}' must hold the program and its arguments, each of one line`,
    );
  }
  validateTimeZone(scope, schedule._timeZone);
}

function isArgument(part: string): boolean {
  return part !== '' && !CONTROL.test(part);
}

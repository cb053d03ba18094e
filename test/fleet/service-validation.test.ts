import { CfnParameter, Duration, Size, TimeZone } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { DockerService, JobSchedule, OcppEndpoint, ServiceSecret, type WebServiceOptions } from '../../src/fleet';
import { validateService } from '../../src/fleet/service-validation';
import { newStack } from '../support/stacks';
import { IMAGE } from './fixture';

const stack = newStack();
const check = (service: DockerService) => () => validateService(stack, service._definition);
const api = (options: Partial<WebServiceOptions> = {}) =>
  check(DockerService.api({ image: IMAGE, hostNames: ['api.example.com'], ...options }));
const job = (options: { calendar?: string; name?: string; command?: string[]; timeZone?: TimeZone } = {}) =>
  check(
    DockerService.jobs({
      image: IMAGE,
      schedules: [
        JobSchedule.calendar({ name: 'invoices', calendar: 'Mon..Fri *-*-* 04:30:00', command: ['node'], ...options }),
      ],
    }),
  );

describe('numbers, on both sides of their bounds', () => {
  test.each<[string, Partial<WebServiceOptions>]>([
    ["[Test] 'cpus' of 'api' must be 0.1 to 64, got 0.05", { cpus: 0.05 }],
    ["[Test] 'cpus' of 'api' must be 0.1 to 64, got 64.5", { cpus: 64.5 }],
    ["[Test] 'memory' of 'api' must be 64 to 262144 MiB, got 63", { memory: Size.mebibytes(63) }],
    ["[Test] 'memory' of 'api' must be 64 to 262144 MiB, got 262145", { memory: Size.mebibytes(262_145) }],
    ["[Test] 'stopGrace' of 'api' must be 1 to 600 seconds, got 0", { stopGrace: Duration.seconds(0) }],
    ["[Test] 'stopGrace' of 'api' must be 1 to 600 seconds, got 601", { stopGrace: Duration.seconds(601) }],
    ["[Test] 'containerPort' of 'api' must be 1 to 65535, got 0", { containerPort: 0 }],
    ["[Test] 'containerPort' of 'api' must be 1 to 65535, got 65536", { containerPort: 65_536 }],
    ["[Test] 'replicas' of 'api' must be 1 to 8, got 0", { replicas: 0 }],
    ["[Test] 'replicas' of 'api' must be 1 to 8, got 9", { replicas: 9 }],
    ["[Test] 'replicas' of 'api' must be a whole number, got 1.5", { replicas: 1.5 }],
    ["[Test] 'cacheTtl' of 'api' must be 0 to 86400 seconds, got 86401", { cacheTtl: Duration.seconds(86_401) }],
    ["[Test] 'requestsPerSecond' of 'api' must be 0 to 10000, got -1", { requestsPerSecond: -1 }],
    ["[Test] 'requestsPerSecond' of 'api' must be 0 to 10000, got 10001", { requestsPerSecond: 10_001 }],
    ["[Test] 'maxBodySize' of 'api' must be 1 to 1048576 KiB, got 0", { maxBodySize: Size.kibibytes(0) }],
    ["[Test] 'maxBodySize' of 'api' must be 1 to 1048576 KiB, got 1048577", { maxBodySize: Size.kibibytes(1_048_577) }],
  ])('%s', (message, options) => {
    expect(api(options)).toThrow(new Error(message));
  });

  test.each<Partial<WebServiceOptions>>([
    { cpus: 0.1, memory: Size.mebibytes(64), stopGrace: Duration.seconds(1), containerPort: 1, replicas: 1 },
    { cpus: 64, memory: Size.gibibytes(256), stopGrace: Duration.seconds(600), containerPort: 65_535, replicas: 8 },
    { cacheTtl: Duration.days(1), requestsPerSecond: 10_000, maxBodySize: Size.gibibytes(1) },
    { cacheTtl: Duration.seconds(0), requestsPerSecond: 0, maxBodySize: Size.kibibytes(1) },
  ])('accepts %j', (options) => {
    expect(api(options)).not.toThrow();
  });

  test.each([-1, 10_001])('sockets of charge points per second: not %d', (connectionsPerSecond) => {
    expect(() =>
      validateService(stack, DockerService.ocpp({ image: IMAGE, connectionsPerSecond })._definition),
    ).toThrow(new Error(`[Test] 'connectionsPerSecond' of 'ocpp' must be 0 to 10000, got ${connectionsPerSecond}`));
  });

  test('tokens pass', () => {
    const token = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
    expect(
      api({
        cpus: token,
        memory: Size.mebibytes(token),
        stopGrace: Duration.seconds(token),
        containerPort: token,
        replicas: token,
        maxBodySize: Size.kibibytes(token),
      }),
    ).not.toThrow();
  });
});

describe('names', () => {
  const named = (name: string) => check(DockerService.web({ name, image: IMAGE, hostNames: ['a.example.com'] }));

  test.each(['Api', '1api', 'a_b', '', 'a'.repeat(32), 'api;rm', 'a\nb'])('refuses the service %j', (name) => {
    expect(named(name)).toThrow(
      new Error(
        `[Test] 'name' of a service must be a lower-case letter, then up to 30 lower-case letters, digits or hyphens, got '${name}'`,
      ),
    );
  });

  test.each(['a', 'tariff-engine2', 'a'.repeat(31)])('accepts the service %j', (name) => {
    expect(named(name)).not.toThrow();
  });

  test('refuses what the machine itself is called', () => {
    expect(named('machine')).toThrow(
      new Error("[Test] 'name' of a service must not be one that the machine uses itself, got 'machine'"),
    );
  });

  test.each([
    'Api.example.com',
    'example',
    'a..com',
    'api.example.com;',
    '*.*.example.com',
    'a b.com',
    '-a.example.com',
    'a{b}.com',
  ])('refuses the host name %j', (name) => {
    expect(api({ hostNames: [name] })).toThrow(
      new Error(
        `[Test] 'hostNames' of 'api' must be a DNS name in lower case, of at most 126 characters, got '${name}'`,
      ),
    );
  });

  test('accepts a wildcard in front, and 126 characters', () => {
    const long = `${'a'.repeat(60)}.${'b'.repeat(61)}.com`;
    expect(long).toHaveLength(126);
    expect(api({ hostNames: ['*.example.com', long] })).not.toThrow();
    expect(api({ hostNames: [`c${long}`] })).toThrow('of at most 126 characters');
  });

  test.each([0, 21])('refuses %d host names', (count) => {
    expect(api({ hostNames: Array.from({ length: count }, (_, index) => `a${index}.example.com`) })).toThrow(
      new Error(`[Test] 'hostNames' of 'api' must hold 1 to 20 names, got ${count}`),
    );
  });

  test.each(['v2', '/', '/a b', '/a;b', '/a\n', '/{x}'])('refuses the path %j', (path) => {
    expect(api({ paths: [path] })).toThrow(
      new Error(`[Test] 'paths' of 'api' must hold paths such as /v2/*, got '${path}'`),
    );
  });

  test('takes three paths, not four', () => {
    expect(api({ paths: ['/a', '/b/*', '/c'] })).not.toThrow();
    expect(api({ paths: ['/a', '/b', '/c', '/d'] })).toThrow(
      new Error("[Test] 'paths' of 'api' must hold at most 3 paths, got 4; use '*' or more services"),
    );
  });

  test.each(['health', '/he alth', '/health;', '/$x', '/a\n'])('refuses the health check %j', (path) => {
    expect(api({ healthCheckPath: path })).toThrow(
      new Error(`[Test] 'healthCheckPath' of 'api' must be a path such as /health, got '${path}'`),
    );
  });
});

describe('environment and secrets', () => {
  const secret = ServiceSecret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'api'));

  test.each(['A-B', '1A', '', 'A=B', 'A\nB'])('refuses the variable %j', (variable) => {
    expect(api({ environment: { [variable]: 'x' } })).toThrow(
      new Error(
        `[Test] 'environment' of 'api' must hold variables of letters, digits and underscores, got '${variable}'`,
      ),
    );
    expect(api({ secrets: { [variable]: secret } })).toThrow(
      new Error(`[Test] 'secrets' of 'api' must hold variables of letters, digits and underscores, got '${variable}'`),
    );
  });

  test.each(['a\nb', 'a\u0000', '\u007f'])('refuses the value %j, without printing it', (value) => {
    expect(api({ environment: { KEY: value } })).toThrow(
      new Error(
        "[Test] 'environment' of 'api' must hold values of one line without control characters, got another in 'KEY'; give files and keys by 'secrets'",
      ),
    );
  });

  test.each(['a;b', '{"a":"$b"}', "it's", '#x', ''])('accepts the value %j', (value) => {
    expect(api({ environment: { KEY: value } })).not.toThrow();
  });

  test('refuses a variable in both', () => {
    expect(api({ environment: { KEY: 'x' }, secrets: { KEY: secret } })).toThrow(
      new Error("[Test] 'secrets' of 'api' must not repeat a variable of 'environment', got 'KEY' in both"),
    );
  });

  test('refuses a field that would end the ARN', () => {
    const of = (field: string) =>
      ServiceSecret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(stack, `S${field}`, 'api'), field);
    expect(api({ secrets: { KEY: of('pass word') } })).toThrow(
      new Error(
        "[Test] 'field' of the secret 'KEY' of 'api' must be letters, digits, '_', '.' or '-', got 'pass word'",
      ),
    );
    expect(api({ secrets: { KEY: of('password') } })).not.toThrow();
  });
});

describe('endpoints', () => {
  const ocpp = (endpoint: OcppEndpoint) => check(DockerService.ocpp({ image: IMAGE, endpoints: [endpoint] }));

  test.each([0, 55_536, 1.5])('refuses port %d', (port) => {
    expect(ocpp(OcppEndpoint.tls({ hostName: 'ocpp.example.com', port }))).toThrow(
      new Error(`[Test] 'port' of the OcppEndpoint 'ocpp.example.com' must be 1 to 55535, got ${port}`),
    );
  });

  test.each([1, 55_535])('accepts port %d', (port) => {
    expect(ocpp(OcppEndpoint.plain({ hostName: 'ocpp.example.com', port }))).not.toThrow();
  });

  test('refuses a wildcard', () => {
    expect(ocpp(OcppEndpoint.tls({ hostName: '*.example.com' }))).toThrow(
      new Error(
        "[Test] 'hostName' of an OcppEndpoint must be a DNS name in lower case without wildcard, of at most 126 characters, got '*.example.com'",
      ),
    );
  });

  test('bounds new sockets', () => {
    const storm = (connectionsPerSecond: number) =>
      check(DockerService.ocpp({ image: IMAGE, hostNames: ['o.example.com'], connectionsPerSecond }));
    for (const wrong of [-1, 10_001]) {
      expect(storm(wrong)).toThrow(
        new Error(`[Test] 'connectionsPerSecond' of 'ocpp' must be 0 to 10000, got ${wrong}`),
      );
    }
    expect(storm(0)).not.toThrow();
    expect(storm(10_000)).not.toThrow();
  });

  test.each([[['']], [['drain', 'a\nb']]])('refuses the drain command %j', (drainCommand) => {
    expect(check(DockerService.ocpp({ image: IMAGE, hostNames: ['o.example.com'], drainCommand }))).toThrow(
      new Error("[Test] 'drainCommand' of 'ocpp' must hold the program and its arguments, each of one line"),
    );
  });

  test('accepts a drain command', () => {
    const drainCommand = ['node', 'drain.js', '--politely'];
    expect(check(DockerService.ocpp({ image: IMAGE, hostNames: ['o.example.com'], drainCommand }))).not.toThrow();
  });

  test('refuses OCPP that nobody can reach', () => {
    expect(check(DockerService.ocpp({ image: IMAGE }))).toThrow(
      new Error(
        "[Test] 'endpoints' of 'ocpp' must hold an endpoint where there are no 'hostNames', got none; use OcppEndpoint.tls",
      ),
    );
  });
});

describe('jobs', () => {
  test.each([
    '04:30',
    'Mon *-*-* 04:30:00 Europe/Madrid',
    '*-*-* 04:30:00; rm',
    '0 4 * * ? *',
    'daily\nExecStart=x',
    '*-*-* 24:00:00',
    '*-*-* 04:60:00',
  ])('refuses the calendar %j', (calendar) => {
    expect(job({ calendar })).toThrow(
      new Error(
        `[Test] 'calendar' of the job 'invoices' must be a calendar event of systemd without time zone such as Mon..Fri *-*-* 04:30:00, got '${calendar}'`,
      ),
    );
  });

  test.each(['*-*-* 04:30:00', 'Mon..Fri *-*-* 04:30', 'Sat,Sun *-*-01..07 23:59:00', '*-*-* *:0/15:00'])(
    'accepts the calendar %j',
    (calendar) => {
      expect(job({ calendar })).not.toThrow();
    },
  );

  test('refuses hours and minutes that no day has', () => {
    const daily = (hour: number, minute: number) =>
      check(
        DockerService.jobs({
          image: IMAGE,
          schedules: [JobSchedule.daily({ name: 'invoices', hour, minute, command: ['node'] })],
        }),
      );
    expect(daily(23, 59)).not.toThrow();
    expect(daily(0, 0)).not.toThrow();
    expect(daily(24, 0)).toThrow("got '*-*-* 24:00:00'");
    expect(daily(4, 60)).toThrow("got '*-*-* 04:60:00'");
    expect(daily(-1, 0)).toThrow("got '*-*-* -1:00:00'");
  });

  test.each([[[]], [['']], [['node', 'a\nb']]])('refuses the command %j', (command) => {
    expect(job({ command })).toThrow(
      new Error("[Test] 'command' of the job 'invoices' must hold the program and its arguments, each of one line"),
    );
  });

  test('refuses a bad name, an unknown zone, none, 51 and the same twice', () => {
    expect(job({ name: 'Invoices' })).toThrow(
      new Error(
        "[Test] 'name' of a job must be a lower-case letter, then up to 30 lower-case letters, digits or hyphens, got 'Invoices'",
      ),
    );
    expect(job({ timeZone: TimeZone.of('Europe/Madird') })).toThrow(
      new Error("[Test] 'timeZone' must be a zone of the IANA list such as Europe/Madrid, got 'Europe/Madird'"),
    );
    const jobs = (names: string[]) =>
      check(
        DockerService.jobs({
          image: IMAGE,
          schedules: names.map((name) => JobSchedule.daily({ name, hour: 4, command: ['node'] })),
        }),
      );
    const many = (count: number) => Array.from({ length: count }, (_, index) => `job${index}`);
    expect(jobs([])).toThrow(new Error("[Test] 'schedules' of 'jobs' must hold 1 to 50 jobs, got 0"));
    expect(jobs(many(51))).toThrow(new Error("[Test] 'schedules' of 'jobs' must hold 1 to 50 jobs, got 51"));
    expect(jobs(many(50))).not.toThrow();
    expect(jobs(['a', 'b', 'a'])).toThrow(
      new Error("[Test] 'schedules' of 'jobs' must have names of their own, got 'a' twice"),
    );
  });
});

import { spawnSync } from 'node:child_process';
import type * as http from 'node:http';
import * as path from 'node:path';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { freePorts } from '../engines/ports';
import { describeWith, MOTO } from '../support/engines';
import { freePort, MotoServer } from '../support/moto';
import { answering, FakeMachine, portOf } from './fake-machine';
import { FIVE_SERVICES, machine, service } from './fixture';

/** What must never be seen: in Compose's own syntax, too. */
const SECRET = 'a"b\'c\\d$e\n#g \\';

describeWith([MOTO], 'the programs of a machine', () => {
  let moto: MotoServer;
  let env: NodeJS.ProcessEnv;
  const fakes: FakeMachine[] = [];
  const servers: http.Server[] = [];

  beforeAll(async () => {
    moto = await MotoServer.start();
    const { ARN } = await new SecretsManagerClient(moto.config).send(
      new CreateSecretCommand({ Name: 'database', SecretString: SECRET }),
    );
    const fields = await new SecretsManagerClient(moto.config).send(
      new CreateSecretCommand({ Name: 'fields', SecretString: '{"password":"field","port":3306}' }),
    );
    await new SSMClient(moto.config).send(
      new PutParameterCommand({ Name: '/platform/token', Value: 'parameter', Type: 'SecureString' }),
    );
    await new DynamoDBClient(moto.config).send(
      new CreateTableCommand({
        TableName: 'leases',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'lease', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'lease', KeyType: 'HASH' }],
      }),
    );
    env = {
      AWS_ENDPOINT_URL: moto.config.endpoint,
      LEASE_TABLE: 'leases',
      METRIC_NAMESPACE: 'ChargingPlatform/Fleet',
      LAUNCH_HOOK: 'launch',
      TERMINATE_HOOK: 'terminate',
      SECRET_API_DATABASE_PASSWORD: ARN,
      SECRET_JOBS_DATABASE_PASSWORD: ARN,
      SECRET_API_FIELD: `${fields.ARN}:password::`,
      SECRET_API_TOKEN: 'arn:aws:ssm:eu-south-2:123456789012:parameter/platform/token',
      ...Object.fromEntries(
        FIVE_SERVICES.map(({ imageVariable }) => [imageVariable, 'ghcr.io/example/platform:1.4.2']),
      ),
    };
  });

  afterEach(async () => {
    await Promise.all(fakes.splice(0).map((fake) => fake.stop()));
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  afterAll(async () => {
    await moto.stop();
  });

  async function fakeMachine(description = machine(), changes: NodeJS.ProcessEnv = {}): Promise<FakeMachine> {
    const fake = await FakeMachine.start(description, { ...env, ...changes });
    fakes.push(fake);
    return fake;
  }

  async function serve(status: number): Promise<number> {
    const server = await answering(status);
    servers.push(server);
    return portOf(server);
  }

  /** A machine of one service whose NGINX and replica answer so. */
  async function serving(status: number, changes = {}, environment = {}, nginxPort?: number): Promise<FakeMachine> {
    const [firstReplicaPort, proxyPort, machineHealthPort] = await Promise.all([
      serve(status),
      serve(200),
      nginxPort ?? serve(200),
    ]);
    const one = service({ replicas: 1, firstReplicaPort, proxyPort, ...changes });
    const fake = await fakeMachine(machine({ services: [one], machineHealthPort }), environment);
    fake.write('docker/running', 'api-1\n');
    fake.write('proc/meminfo', 'MemTotal: 1000 kB\nMemAvailable: 250 kB\n');
    fake.write('proc/net/tcp', 'header\n');
    return fake;
  }

  /** The average that CloudWatch knows. */
  async function metric(MetricName: string): Promise<number | undefined> {
    const { Datapoints = [] } = await new CloudWatchClient(moto.config).send(
      new GetMetricStatisticsCommand({
        Namespace: 'ChargingPlatform/Fleet',
        MetricName,
        Dimensions: [{ Name: 'AutoScalingGroupName', Value: 'Group' }],
        StartTime: new Date(Date.now() - 600_000),
        EndTime: new Date(Date.now() + 600_000),
        Period: 3600,
        Statistics: ['Average'],
      }),
    );
    return Datapoints[0]?.Average;
  }

  describe('start', () => {
    test('writes secrets for root alone, starts what is missing, and lets the machine into service', async () => {
      const fake = await serving(200, {
        secretVariables: {
          PASSWORD: 'SECRET_API_DATABASE_PASSWORD',
          TOKEN: 'SECRET_API_TOKEN',
          FIELD: 'SECRET_API_FIELD',
        },
      });
      fake.write('settings/api.env', 'LOG_LEVEL=de"b$ug\n');
      const output = await fake.run('start');
      expect(fake.read('runtime/api.env')).toBe(
        'FIELD="field"\nLOG_LEVEL="de\\"b\\$ug"\nPASSWORD="a\\"b\'c\\\\d\\$e\\n#g \\\\"\nTOKEN="parameter"\n',
      );
      expect(fake.mode('runtime/api.env')).toBe(0o600);
      expect(fake.dockerCalls()).toEqual([
        'image inspect ghcr.io/example/platform:1.4.2',
        'pull --quiet ghcr.io/example/platform:1.4.2',
        'compose up --detach --remove-orphans',
      ]);
      expect(output).toBe('every service answers\nlaunch is completed\n');
      expect(Object.fromEntries(fake.asked[0])).toMatchObject({
        Action: 'CompleteLifecycleAction',
        AutoScalingGroupName: 'Group',
        LifecycleHookName: 'launch',
        LifecycleActionResult: 'CONTINUE',
      });
    });

    test('asks no registry for an image that is there', async () => {
      const fake = await serving(200);
      fake.write('docker/images', '');
      await fake.run('start');
      expect(fake.dockerCalls().filter((call) => call.startsWith('pull'))).toEqual([]);
    });

    test('logs in to ECR with the password on standard input', async () => {
      const image = '123456789012.dkr.ecr.eu-south-2.amazonaws.com/api:1.0.0';
      const fake = await serving(200, {}, { IMAGE_API: image });
      await fake.run('start');
      expect(fake.dockerCalls()[1]).toBe(
        'login --username AWS --password-stdin 123456789012.dkr.ecr.eu-south-2.amazonaws.com',
      );
      expect(fake.read('docker/password')).not.toBe('');
    });

    test('a service that does not answer 200 keeps the machine out of service', async () => {
      const fake = await serving(503);
      const child = fake.spawn('start');
      await new Promise((resolve) => child.stdout?.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(child.exitCode).toBeNull();
      expect(fake.asked).toEqual([]);
    });
  });

  describe('a job', () => {
    const firing = (minute: number) => ({ TRIGGER_TIMER_REALTIME_USEC: String((minute * 60 + 1) * 1_000_000) });

    test('runs on one of two machines that start it at once, and again at the next firing', async () => {
      const two = await Promise.all([fakeMachine(machine(), firing(1)), fakeMachine(machine(), firing(1))]);
      await Promise.all(two.map((fake) => fake.run('job', 'invoices')));
      const ran = two.flatMap((fake) => fake.dockerCalls().filter((call) => call.startsWith('compose run')));
      expect(ran).toEqual(['compose run --rm -T jobs node invoices.js --month=%last a "quoted" $value']);
      const next = await fakeMachine(machine(), firing(2));
      await next.run('job', 'invoices');
      expect(next.dockerCalls().at(-1)).toMatch(/^compose run/);
      const { Items = [] } = await new DynamoDBClient(moto.config).send(new ScanCommand({ TableName: 'leases' }));
      expect(Items.map(({ lease, expires }) => [lease.S, expires.N]).sort()).toEqual([
        ['invoices/1', '604860'],
        ['invoices/2', '604920'],
      ]);
    });

    test.each(['Warmed:Stopped', 'Terminated'])('runs on no machine whose target is %s', async (state) => {
      const fake = await fakeMachine(machine(), firing(3));
      fake.lifecycleState = state;
      expect(await fake.run('job', 'invoices')).toBe('this machine is not in service\n');
      expect(fake.dockerCalls()).toEqual([]);
    });

    test('that fails is counted, and is not started again by another machine', async () => {
      const fake = await fakeMachine(machine(), firing(5));
      fake.write('docker/failing', '');
      await expect(fake.run('job', 'invoices')).rejects.toThrow('invoices ended with 3');
      expect(await metric('FailedJobs')).toBe(1);
      const other = await fakeMachine(machine(), firing(5));
      expect(await other.run('job', 'invoices')).toBe('another machine runs it\n');
    });

    test('does not run where no lease can be had', async () => {
      const fake = await fakeMachine(machine(), { ...firing(4), LEASE_TABLE: 'missing' });
      await expect(fake.run('job', 'invoices')).rejects.toThrow('ResourceNotFoundException');
      expect(fake.dockerCalls()).toEqual([]);
    });
  });

  describe('refresh', () => {
    test('restarts what has new secrets, and nothing else', async () => {
      const fake = await serving(200);
      await fake.run('start');
      await fake.run('refresh');
      const restarts = () => fake.dockerCalls().filter((call) => call.includes('--force-recreate'));
      expect(restarts()).toEqual([]);
      const secrets = new SecretsManagerClient(moto.config);
      await secrets.send(new PutSecretValueCommand({ SecretId: 'database', SecretString: 'changed' }));
      const output = await fake.run('refresh');
      expect(restarts()).toEqual(['compose up --detach --no-deps --force-recreate api-1']);
      expect(output).toBe('new secrets of api\nevery service answers\n');
      await secrets.send(new PutSecretValueCommand({ SecretId: 'database', SecretString: SECRET }));
    });
  });

  test('new secrets of charge points cost one replica of its sockets at a time, a share of the window apart', async () => {
    const firstReplicaPort = await freePorts(2);
    servers.push(await answering(200, firstReplicaPort), await answering(200, firstReplicaPort + 1));
    const ocpp = service({ protocol: 'ocpp', replicas: 2, firstReplicaPort, proxyPort: await serve(200) });
    const fake = await fakeMachine(machine({ services: [ocpp], ocppDrainSeconds: 2 }));
    await fake.run('refresh');
    const recreate = 'compose up --detach --no-deps --force-recreate';
    expect(fake.dockerCalls()).toEqual([`${recreate} api-1`, `${recreate} api-2`]);
    const [first, second] = fake.dockerTimes();
    expect(second - first).toBeGreaterThan(0.99);
  });

  describe('lifecycle', () => {
    test('stops the replicas of charge points one after another when the machine leaves service, and lets it go', async () => {
      const ocpp = { ...FIVE_SERVICES[2], stopGraceSeconds: 1 };
      const fake = await fakeMachine(machine({ services: [service(), ocpp], ocppDrainSeconds: 3 }));
      fake.lifecycleState = 'Warmed:Stopped';
      fake.completionsTooEarly = 1;
      const ended = fake.run('lifecycle');
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(fake.dockerCalls()).toEqual([]);
      fake.lifecycleState = 'InService';
      await fake.until(() => fake.dockerCalls().length === 1);
      const told = Date.now() / 1000;
      fake.lifecycleState = 'Terminated';
      const output = await ended;
      expect(fake.dockerCalls()).toEqual([
        'compose start',
        ...['ocpp-1', 'ocpp-2', 'ocpp-3', 'ocpp-4'].map((name) => `compose stop ${name}`),
      ]);
      // A busy machine may be late, never early.
      for (const [index, time] of fake.dockerTimes().slice(1).entries()) {
        expect(time - told).toBeGreaterThan((2 / 3) * index);
      }
      expect(output).toContain('terminate is completed');
      expect(fake.asked.map((asked) => asked.get('LifecycleHookName'))).toEqual(['terminate', 'terminate']);
    });

    test.each([
      [null, 3, [0, 2 / 3, 4 / 3, 2], 0],
      [['node', 'drain.js'], 5, [0, 1, 2, 3], 1],
    ])('with the drain command %j, turns of %d seconds begin at %j', (drainCommand, window, begins, share) => {
      const program =
        'import json, lifecycle, sys; print(json.dumps([lifecycle.slot(*s) for s in json.load(sys.stdin)]))';
      const slots = begins.map((_, index) => [index, 4, window, { stopGraceSeconds: 1, drainCommand }]);
      const { stdout } = spawnSync(MOTO.program('python3'), ['-B', '-c', program], {
        encoding: 'utf8',
        cwd: path.join(__dirname, '..', '..', 'src', 'machine', 'agent'),
        input: JSON.stringify(slots),
      });
      expect(JSON.parse(stdout)).toEqual(begins.map((begin) => [expect.closeTo(begin), share]));
    });
  });

  test('a service that drains by itself is given its share of the window, and is stopped even if it cannot', async () => {
    const ocpp = { ...FIVE_SERVICES[2], replicas: 2, stopGraceSeconds: 1, drainCommand: ['node', 'drain.js'] };
    const fake = await fakeMachine(machine({ services: [ocpp], ocppDrainSeconds: 5 }));
    fake.write('runtime/served', '');
    fake.write('docker/failing-exec', '');
    fake.lifecycleState = 'Terminated';
    const output = await fake.run('lifecycle');
    expect(fake.dockerCalls()).toEqual(
      ['ocpp-1', 'ocpp-2'].flatMap((name) => [
        `compose exec -T --env DRAIN_SECONDS=2 ${name} node drain.js`,
        `compose stop ${name}`,
      ]),
    );
    expect(output).toContain('ocpp-1 did not drain by itself');
  });

  describe('watch', () => {
    const actions = (fake: FakeMachine) => fake.asked.map((asked) => asked.get('Action'));
    /** What earlier looks, one a minute, have counted. */
    const seen = (fake: FakeMachine, counts: object) => fake.write('runtime/watch.json', JSON.stringify(counts));

    test('tells CloudWatch what the machine holds', async () => {
      const fake = await serving(200, { protocol: 'ocpp', firstReplicaPort: 20_664 });
      const row = (remote: string, state: string) => `0: 0100007F:C350 ${remote} ${state} 0 0 0`;
      const rows = [
        row('0100007F:50B8', '01'),
        row('0100007F:50B8', '01'),
        row('0100007F:50B8', '06'),
        row('0100007F:1F90', '01'),
      ];
      fake.write('proc/net/tcp', `header\n${rows.join('\n')}\n`);
      await fake.run('watch');
      expect(await metric('OcppConnections')).toBe(2);
      expect(await metric('MemoryUsedPercent')).toBe(75);
      expect(await metric('DiskUsedPercent')).toBeGreaterThan(0);
    });

    test('reports the machine when Docker is broken at the third look in a row, not before', async () => {
      const fake = await serving(200);
      fake.write('docker/broken', '');
      seen(fake, { machine: 1 });
      await fake.run('watch');
      expect(actions(fake)).toEqual([]);
      await fake.run('watch');
      expect(actions(fake)).toEqual(['SetInstanceHealth']);
      expect(fake.asked[0].get('HealthStatus')).toBe('Unhealthy');
    });

    test('reports the machine when NGINX is gone', async () => {
      const fake = await serving(200, {}, {}, await freePort());
      seen(fake, { machine: 2 });
      expect(await fake.run('watch')).toContain('this machine: NGINX does not answer');
      expect(actions(fake)).toEqual(['SetInstanceHealth']);
    });

    test('begins to count anew when the machine has been well in between', async () => {
      const fake = await serving(200);
      seen(fake, { machine: 2 });
      await fake.run('watch');
      expect(JSON.parse(fake.read('runtime/watch.json'))).toEqual({});
    });

    test('leaves a machine alone whose service fails, and a replica that says why it cannot serve', async () => {
      const fake = await serving(503);
      seen(fake, { 'api-1': 5 });
      await fake.run('watch');
      expect(actions(fake)).toEqual([]);
      expect(fake.dockerCalls().filter((call) => call.startsWith('compose'))).toEqual([]);
    });

    test('restarts a replica that gives no answer at the third look in a row, not before', async () => {
      const fake = await serving(200, { firstReplicaPort: await freePort() });
      seen(fake, { 'api-1': 1 });
      await fake.run('watch');
      expect(fake.dockerCalls()).not.toContain('compose restart api-1');
      await fake.run('watch');
      expect(fake.dockerCalls()).toContain('compose restart api-1');
      expect(actions(fake)).toEqual([]);
    });

    test('does not ask a replica that was stopped on purpose', async () => {
      const fake = await serving(200, { firstReplicaPort: await freePort() });
      fake.write('docker/running', '');
      seen(fake, { 'api-1': 5 });
      await fake.run('watch');
      expect(fake.dockerCalls()).not.toContain('compose restart api-1');
    });

    test('does not touch a machine that is not in service', async () => {
      const fake = await serving(200, { firstReplicaPort: await freePort() });
      fake.write('docker/broken', '');
      fake.lifecycleState = 'Warmed:Stopped';
      seen(fake, { machine: 5, 'api-1': 5 });
      await fake.run('watch');
      expect(fake.asked).toEqual([]);
      expect(fake.dockerCalls().filter((call) => call.startsWith('compose'))).toEqual([]);
    });
  });

  test('no secret is ever written to a log', async () => {
    const fake = await serving(200);
    const output = (await fake.run('start')) + (await fake.run('refresh')) + (await fake.run('watch'));
    expect(output).not.toContain('a"b');
    expect(fake.dockerCalls().join()).not.toContain('a"b');
  });
});

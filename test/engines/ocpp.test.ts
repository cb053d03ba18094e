import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import type { MachineDescription, ServiceDescription } from '../../src/machine';
import { renderAgentSettings } from '../../src/machine/agent-settings';
import { renderNginx } from '../../src/machine/nginx';
import { FakeMachine } from '../machine/fake-machine';
import { FIVE_SERVICES, machine } from '../machine/fixture';
import { describeWith, MOTO, NGINX } from '../support/engines';
import { layoutIn, NginxProcess } from './nginx-process';
import { CentralSystem, ChargePoints, clientsOf, otherChargePoints } from './ocpp/processes';
import { freePorts } from './ports';

const CHARGE_POINTS = 4000;
const DRAINED = 1000;
/** Every time that could end an idle socket is this much shorter, and so is the time for which charge points are silent. */
const TIMES_FASTER = 50;
const IDLE_SECONDS = 300;
/** The machine looks every second what the group wants of it. */
const SECONDS_TO_NOTICE = 2;

jest.setTimeout(300_000);

/** A machine whose OCPP service has that many replicas, on ports that are free. */
async function ocppMachine(
  replicas: number,
  changes: Partial<MachineDescription> = {},
  ocpp: Partial<ServiceDescription> = {},
): Promise<MachineDescription> {
  const first = await freePorts(replicas + 2);
  const service = {
    ...FIVE_SERVICES[2],
    replicas,
    proxyPort: first,
    firstReplicaPort: first + 2,
    stopGraceSeconds: 2,
    requestsPerSecond: 1000,
    ...ocpp,
  };
  return machine({
    services: [service],
    machineHealthPort: first + 1,
    loadBalancerCidrs: ['127.0.0.0/8'],
    ...changes,
  });
}

function startReplicas({ services: [{ firstReplicaPort, replicas }] }: MachineDescription): Promise<CentralSystem[]> {
  return Promise.all(Array.from({ length: replicas }, (_, index) => CentralSystem.start(firstReplicaPort + index)));
}

/** What bounds a connection that stands already; how long it takes to connect stays as it is. */
function faster(configuration: string): string {
  return configuration.replace(
    /\b(proxy_read|proxy_send|send|client_body|keepalive)_timeout (\d+)s;/g,
    (_, name, seconds) => `${name}_timeout ${(1000 * Number(seconds)) / TIMES_FASTER}ms;`,
  );
}

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

describeWith([NGINX, MOTO], 'charge points behind NGINX', () => {
  test(`${CHARGE_POINTS} boot, outlive a reload and a long silence, and speak on`, async () => {
    const described = await ocppMachine(2);
    const replicas = await startReplicas(described);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nginx-'));
    const nginx = await NginxProcess.startWith(faster(renderNginx(described, layoutIn(folder))), folder);
    const points = new ChargePoints();
    try {
      const endpoint = `ws://127.0.0.1:${described.services[0].proxyPort}/ocpp`;
      const { accepted, problems } = await points.connect({
        endpoint,
        first: 0,
        count: CHARGE_POINTS,
        reconnect: false,
      });
      expect([accepted, problems]).toEqual([CHARGE_POINTS, []]);
      expect(await clientsOf(replicas)).toEqual({ 'ocpp1.6': CHARGE_POINTS / 2, 'ocpp2.0.1': CHARGE_POINTS / 2 });
      // The fewest sockets first: both replicas hold the same, but for what connects at the same moment.
      const [one] = await Promise.all(replicas.map(async (replica) => clientsOf([replica])));
      expect(Math.abs(one['ocpp1.6'] + one['ocpp2.0.1'] - CHARGE_POINTS / 2)).toBeLessThan(CHARGE_POINTS / 20);

      expect(countedByMachine(described)).toBe(CHARGE_POINTS);

      expect(await otherChargePoints(endpoint, 20)).toEqual({
        'ocpp1.6 Accepted': 10,
        'ocpp2.0.1 Accepted': 10,
      });

      const before = nginx.workers();
      nginx.reload();
      await sleep(IDLE_SECONDS / TIMES_FASTER);
      expect(nginx.workers().length).toBeGreaterThan(before.length);
      expect(await points.heartbeat()).toBe(CHARGE_POINTS);
      expect(await points.report()).toEqual({ open: CHARGE_POINTS, ends: [], bootedAgain: 0 });

      const late = await points.connect({ endpoint, first: CHARGE_POINTS, count: 10, reconnect: false });
      expect([late.accepted, late.problems]).toEqual([10, []]);
      expect(nginx.errorLog()).not.toMatch(/\[(emerg|alert|crit|error)\]|setrlimit|not enough/);
    } finally {
      await Promise.all([points.stop(), nginx.stop(), ...replicas.map((replica) => replica.stop())]);
    }
  });

  test('that come back together are let in a few at a time, and those that would wait too long are told so', async () => {
    const described = await ocppMachine(1, {}, { requestsPerSecond: 20 });
    const replicas = await startReplicas(described);
    const nginx = await NginxProcess.start(described);
    const points = new ChargePoints();
    try {
      const endpoint = `ws://127.0.0.1:${described.services[0].proxyPort}/ocpp`;
      const start = performance.now();
      const { accepted, problems } = await points.connect({ endpoint, first: 0, count: 100, reconnect: false });
      expect([accepted, problems]).toEqual([100, []]);
      expect(performance.now() - start).toBeGreaterThan(4500);
      const crowd = Array.from({ length: 640 }, () => refusedWith(described.services[0].proxyPort));
      expect((await Promise.all(crowd)).filter((status) => status === 429).length).toBeGreaterThan(20);
    } finally {
      await Promise.all([points.stop(), nginx.stop(), ...replicas.map((replica) => replica.stop())]);
    }
  });

  test(`${DRAINED} leave a machine that is drained, a replica's share at a time, once each, and come back elsewhere`, async () => {
    const window = 16;
    const [leaving, staying] = [await ocppMachine(4, { ocppDrainSeconds: window }), await ocppMachine(2)];
    const [old, fresh] = await Promise.all([startReplicas(leaving), startReplicas(staying)]);
    const nginxes = [await NginxProcess.start(leaving), await NginxProcess.start(staying)];
    const balancer = await LoadBalancer.start(leaving.services[0].proxyPort);
    const points = new ChargePoints();
    const fake = await FakeMachine.start(leaving, { METRIC_NAMESPACE: 'x' });
    for (const [index, { pid }] of old.entries()) {
      fake.write(`docker/ocpp-${index + 1}.pid`, String(pid));
    }
    fake.write('bin/docker', STOPPING_DOCKER);
    try {
      const { accepted, problems } = await points.connect({
        endpoint: `ws://127.0.0.1:${balancer.port}/ocpp`,
        first: 0,
        count: DRAINED,
        reconnect: true,
      });
      expect([accepted, problems]).toEqual([DRAINED, []]);
      const lifecycle = fake.spawn('lifecycle');
      await fake.until(() => fake.dockerCalls().includes('compose start'));

      // The load balancer sends new connections elsewhere and leaves those that stand.
      balancer.sendTo(staying.services[0].proxyPort);
      fake.lifecycleState = 'Terminated';
      const start = Date.now();
      await new Promise((resolve) => lifecycle.once('close', resolve));

      // The last ones wait, each its own time, before they try again.
      for (let second = 0; second < 20 && (await points.report()).bootedAgain < DRAINED; second++) {
        await sleep(1);
      }
      const { ends, bootedAgain, open } = await points.report();
      expect(new Set(ends.map(({ identity }) => identity)).size).toBe(DRAINED);
      expect(ends).toHaveLength(DRAINED);
      expect([...new Set(ends.map(({ code }) => code))]).toEqual([1001]);
      expect(Math.max(...ends.map(({ at }) => at)) - start).toBeLessThan(1000 * (window + SECONDS_TO_NOTICE));
      for (const count of groups(ends.map(({ at }) => at))) {
        expect(count).toBeLessThanOrEqual(1.05 * (DRAINED / 4));
      }
      expect(groups(ends.map(({ at }) => at))).toHaveLength(4);
      expect([open, bootedAgain]).toEqual([DRAINED, DRAINED]);
      expect(await clientsOf(fresh)).toEqual({ 'ocpp1.6': DRAINED / 2, 'ocpp2.0.1': DRAINED / 2 });
    } finally {
      await Promise.all([points.stop(), fake.stop(), balancer.stop(), ...nginxes.map((nginx) => nginx.stop())]);
      await Promise.all([...old, ...fresh].map((replica) => replica.stop()));
    }
  });
});

/** Docker, as far as it stops containers: politely, and it waits for them. */
const STOPPING_DOCKER = `#!/bin/sh
echo "$(date +%s.%N) $*" >> "$FAKE_DOCKER/calls"
for name; do :; done
case "$*" in
  *" stop "*)
    pid=$(cat "$FAKE_DOCKER/$name.pid")
    kill -TERM "$pid"
    while kill -0 "$pid" 2> /dev/null; do sleep 0.05; done ;;
esac
`;

/** What the machine's own program counts and tells CloudWatch. */
function countedByMachine(described: MachineDescription): number {
  const count = 'import json, metrics, sys; print(metrics.ocpp_connections(json.load(sys.stdin)))';
  const { stdout } = spawnSync(MOTO.program('python3'), ['-B', '-c', count], {
    encoding: 'utf8',
    cwd: path.join(__dirname, '..', '..', 'src', 'machine', 'agent'),
    input: renderAgentSettings(described),
  });
  return Number(stdout);
}

/** The status of a handshake that is answered within a second; nothing for one that waits for its turn. */
async function refusedWith(port: number): Promise<number | undefined> {
  const request = http.get({ host: '127.0.0.1', port, path: '/ocpp/CP', agent: false, timeout: 1000 });
  return new Promise((resolve) => {
    request.once('response', ({ statusCode }) => resolve(statusCode));
    request.once('error', () => resolve(undefined));
    request.once('timeout', () => request.destroy());
  });
}

/** How many ends came together: those with less than a second between them. */
function groups(times: number[]): number[] {
  const counts: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const time of times.sort((a, b) => a - b)) {
    if (time - last > 1000) {
      counts.push(0);
    }
    counts[counts.length - 1]++;
    last = time;
  }
  return counts;
}

/** A load balancer for TCP: it sends each new connection to one machine, and leaves a connection where it is. */
class LoadBalancer {
  public static async start(target: number): Promise<LoadBalancer> {
    const balancer = new LoadBalancer(target);
    await new Promise<void>((resolve) => balancer.server.listen(0, '127.0.0.1', 4096, resolve));
    return balancer;
  }

  private readonly sockets = new Set<net.Socket>();
  private readonly server = net.createServer((client) => {
    const machineSide = net.connect(this.target, '127.0.0.1');
    for (const [from, to] of [[client, machineSide] as const, [machineSide, client] as const]) {
      this.sockets.add(from);
      from.pipe(to);
      from.once('error', () => to.destroy());
      from.once('close', () => {
        to.destroy();
        this.sockets.delete(from);
      });
    }
  });

  private constructor(private target: number) {}

  public get port(): number {
    return (this.server.address() as net.AddressInfo).port;
  }

  public sendTo(target: number): void {
    this.target = target;
  }

  public async stop(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }
}

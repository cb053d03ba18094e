import { NginxProcess } from '../engines/nginx-process';
import { CentralSystem, ChargePoints, clientsOf } from '../engines/ocpp/processes';
import { freePorts } from '../engines/ports';
import { FIVE_SERVICES, machine } from '../machine/fixture';
import type { Benchmark, BenchmarkRow } from './benchmark';

const SOCKETS = 8000;
const BOOTS = 1000;
const REPLICAS = 4;
const MAX_KIBIBYTES = 25;

async function measure(): Promise<BenchmarkRow[]> {
  const first = await freePorts(REPLICAS + 2);
  const service = {
    ...FIVE_SERVICES[2],
    proxyPort: first,
    firstReplicaPort: first + 2,
    replicas: REPLICAS,
    requestsPerSecond: 0,
  };
  const described = machine({ services: [service], machineHealthPort: first + 1, loadBalancerCidrs: ['127.0.0.0/8'] });
  const replicas = await Promise.all(
    Array.from({ length: REPLICAS }, (_, index) => CentralSystem.start(service.firstReplicaPort + index)),
  );
  const nginx = await NginxProcess.start(described);
  const points = new ChargePoints();
  try {
    return [
      await bootTime(service.firstReplicaPort, service.proxyPort),
      ...(await holding(nginx, points, replicas, service.proxyPort)),
    ];
  } finally {
    await Promise.all([points.stop(), nginx.stop(), ...replicas.map((replica) => replica.stop())]);
  }
}

/** Both in turns, so that what else the machine does meets both alike; the best of three of each. */
async function bootTime(direct: number, proxied: number): Promise<BenchmarkRow> {
  const best = { [direct]: Number.POSITIVE_INFINITY, [proxied]: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 3; round++) {
    for (const port of [direct, proxied]) {
      const points = new ChargePoints();
      const endpoint = `ws://127.0.0.1:${port}/ocpp`;
      const { milliseconds } = await points.connect({ endpoint, first: 0, count: BOOTS, reconnect: false });
      best[port] = Math.min(best[port], milliseconds.sort((a, b) => a - b)[Math.floor(0.99 * milliseconds.length)]);
      await points.stop();
    }
  }
  return {
    what: `BootNotification of ${BOOTS} charge points through NGINX, 99th percentile`,
    ours: best[proxied],
    reference: best[direct],
    unit: 'ms',
    against: 'connected to a replica directly',
    goal: { atMost: 2 },
  };
}

async function holding(
  nginx: NginxProcess,
  points: ChargePoints,
  replicas: readonly CentralSystem[],
  port: number,
): Promise<BenchmarkRow[]> {
  const empty = nginx.memory();
  await points.connect({ endpoint: `ws://127.0.0.1:${port}/ocpp`, first: 0, count: SOCKETS, reconnect: false });
  const held = await clientsOf(replicas);
  const memory = (nginx.memory() - empty) / Object.values(held).reduce((sum, count) => sum + count, 0) / 1024;
  nginx.reload();
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const answered = await points.heartbeat();
  const { open, ends } = await points.report();
  return [
    {
      what: 'memory of NGINX for each held socket of a charge point',
      ours: memory,
      reference: MAX_KIBIBYTES,
      unit: 'KiB',
      against: 'what is allowed',
      goal: { atMost: 1 },
    },
    {
      what: `sockets that are open and answer after a reload, with ${ends.length} dropped`,
      ours: Math.min(open, answered) - ends.length,
      reference: SOCKETS,
      unit: 'sockets',
      against: 'what is asked for',
      goal: { atLeast: 1 },
    },
  ];
}

export const benchmark: Benchmark = { name: 'NGINX before charge points', run: measure };

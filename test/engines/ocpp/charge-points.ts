/** Charge points as a process, half of OCPP 1.6 and half of 2.0.1. They check every answer and never ping: they are as silent as may be. */
import { RPCClient } from 'ocpp-rpc';
import type { Booted, Order, Report } from './messages';

const AT_ONCE = 100;
const BOOT: Readonly<Record<string, object>> = {
  'ocpp1.6': { chargePointVendor: 'Vendor', chargePointModel: 'Model' },
  'ocpp2.0.1': { reason: 'PowerUp', chargingStation: { vendorName: 'Vendor', model: 'Model' } },
};
const PROTOCOLS = Object.keys(BOOT);

const points: RPCClient[] = [];
const ends: { identity: string; at: number; code: number }[] = [];
let bootedAgain = 0;

process.on('message', async (order: Order) => process.send?.(await obey(order)));

async function obey(order: Order): Promise<Booted | number | Report> {
  switch (order.do) {
    case 'connect':
      return connect(order);
    case 'heartbeat':
      return heartbeat();
    case 'report':
      return { open: points.filter(({ state }) => state === RPCClient.OPEN).length, ends, bootedAgain };
  }
}

async function connect({ endpoint, first, count, reconnect }: Order & { do: 'connect' }): Promise<Booted> {
  const booted = { accepted: 0, problems: [] as string[], milliseconds: [] as number[] };
  const one = async (number: number) => {
    const protocol = PROTOCOLS[number % PROTOCOLS.length];
    const point = chargePoint(endpoint, number, protocol, reconnect);
    try {
      await point.connect();
      const start = performance.now();
      const accepted = await boot(point, protocol);
      booted.milliseconds.push(performance.now() - start);
      booted.accepted += accepted;
    } catch (error) {
      booted.problems.push(String(error));
    }
  };
  for (let done = 0; done < count; done += AT_ONCE) {
    const group = Array.from({ length: Math.min(AT_ONCE, count - done) }, (_, index) => one(first + done + index));
    await Promise.all(group);
  }
  return booted;
}

function chargePoint(endpoint: string, number: number, protocol: string, reconnect: boolean): RPCClient {
  const identity = `CP-${number}`;
  const options: Partial<ConstructorParameters<typeof RPCClient>[0]> = {
    endpoint,
    identity,
    protocols: [protocol],
    strictMode: true,
    pingIntervalMs: 0,
    reconnect,
    maxReconnects: 20,
    // As charge points should: each waits another time, and longer each time.
    backoff: { initialDelay: 200, maxDelay: 2000, factor: 2, randomisationFactor: 0.5 },
  };
  // Its types ask for every option that has a default.
  const point = new RPCClient(options as ConstructorParameters<typeof RPCClient>[0]);
  let isFirst = true;
  point.on('open', async () => {
    if (!isFirst) {
      const accepted = await boot(point, protocol);
      bootedAgain += accepted;
    }
    isFirst = false;
  });
  point.on('disconnect', ({ code }) => ends.push({ identity, at: Date.now(), code }));
  points.push(point);
  return point;
}

/** 1 where the central system accepts the charge point. */
async function boot(point: RPCClient, protocol: string): Promise<number> {
  const { status } = (await point.call('BootNotification', BOOT[protocol])) as { status: string };
  return status === 'Accepted' ? 1 : 0;
}

/** Charge points that got an answer. */
async function heartbeat(): Promise<number> {
  const answers = await Promise.allSettled(points.map((point) => point.call('Heartbeat', {})));
  return answers.filter(({ status }) => status === 'fulfilled').length;
}

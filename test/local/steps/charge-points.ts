import { NginxProcess } from '../../engines/nginx-process';
import { CentralSystem, ChargePoints, clientsOf } from '../../engines/ocpp/processes';
import { freePorts } from '../../engines/ports';
import { FIVE_SERVICES, machine } from '../../machine/fixture';

/** Charge points of OCPP 1.6 and 2.0.1 that boot through a real NGINX with the configuration of a machine, by protocol. */
export async function bootChargePoints(count: number): Promise<Record<string, number>> {
  const replicas = 2;
  const first = await freePorts(replicas + 2);
  const described = machine({
    services: [{ ...FIVE_SERVICES[2], replicas, proxyPort: first, firstReplicaPort: first + 2 }],
    machineHealthPort: first + 1,
    loadBalancerCidrs: ['127.0.0.0/8'],
  });
  const systems = await Promise.all([2, 3].map((offset) => CentralSystem.start(first + offset)));
  const nginx = await NginxProcess.start(described);
  const points = new ChargePoints();
  try {
    const endpoint = `ws://127.0.0.1:${first}/ocpp`;
    const { accepted, problems } = await points.connect({ endpoint, first: 0, count, reconnect: false });
    if (accepted !== count) {
      throw new Error(`only ${accepted} of ${count} charge points booted: ${problems[0]}`);
    }
    return await clientsOf(systems);
  } finally {
    await points.stop();
    await nginx.stop();
    await Promise.all(systems.map((system) => system.stop()));
  }
}

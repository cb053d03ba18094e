/** A central system of OCPP 1.6 and 2.0.1 as a process: PORT. It checks every message, and closes its sockets when it is told to stop. */
import { RPCServer } from 'ocpp-rpc';

const port = Number(process.argv[2]);
const clients = new Map<string, number>();

async function main(): Promise<void> {
  const server = new RPCServer({ protocols: ['ocpp1.6', 'ocpp2.0.1'], strictMode: true, pingIntervalMs: 0 });
  server.auth((accept) => accept({}));
  server.on('client', (client) => {
    const count = (change: number) => clients.set(client.protocol, (clients.get(client.protocol) ?? 0) + change);
    count(1);
    client.once('disconnect', () => count(-1));
    const now = () => new Date().toISOString();
    client.handle('BootNotification', () => ({ status: 'Accepted', interval: 300, currentTime: now() }));
    client.handle('Heartbeat', () => ({ currentTime: now() }));
  });
  await server.listen(port, '127.0.0.1');
  process.on('message', () => process.send?.(Object.fromEntries(clients)));
  process.once('SIGTERM', async () => {
    await server.close({ code: 1001, reason: 'stopping' });
    process.exit(0);
  });
  process.send?.('ready');
}

void main();

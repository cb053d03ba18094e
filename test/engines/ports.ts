import { once } from 'node:events';
import * as net from 'node:net';

/** Where to look next, so that two askers of one process do not get the same. Below the ports that Linux hands out by itself. */
let next = 20_000 + (process.pid % 100) * 100;

/** First of `count` free ports of the loopback address, one after another. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = next;
    next = next + count > 31_000 ? 20_000 : next + count;
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
    if (free.every((is) => is)) {
      return first;
    }
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

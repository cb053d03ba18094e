import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { MOTO } from '../../support/engines';
import type { Booted, Clients, Order, Report } from './messages';

function start(file: string, ...args: string[]): ChildProcess {
  return fork(path.join(__dirname, file), args, { execArgv: ['--import', 'tsx', '--max-old-space-size=4096'] });
}

async function ask<T>(child: ChildProcess, message: object): Promise<T> {
  child.send(message);
  const [answer] = await once(child, 'message');
  return answer;
}

/** A replica of the OCPP service. */
export class CentralSystem {
  public static async start(port: number): Promise<CentralSystem> {
    const system = new CentralSystem(start('central-system.ts', String(port)));
    await once(system.child, 'message');
    return system;
  }

  private constructor(private readonly child: ChildProcess) {}

  public get pid(): number {
    return this.child.pid ?? 0;
  }

  public clients(): Promise<Clients> {
    return ask(this.child, {});
  }

  public async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await once(this.child, 'close');
    }
  }
}

/** Sockets over several replicas, by protocol. */
export async function clientsOf(systems: readonly CentralSystem[]): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const clients of await Promise.all(systems.map((system) => system.clients()))) {
    for (const [protocol, count] of Object.entries(clients)) {
      sums[protocol] = (sums[protocol] ?? 0) + count;
    }
  }
  return sums;
}

/** Charge points in a process of their own. */
export class ChargePoints {
  private readonly child = start('charge-points.ts');

  public connect(order: Omit<Order & { do: 'connect' }, 'do'>): Promise<Booted> {
    return ask(this.child, { do: 'connect', ...order });
  }

  public heartbeat(): Promise<number> {
    return ask(this.child, { do: 'heartbeat' });
  }

  public report(): Promise<Report> {
    return ask(this.child, { do: 'report' });
  }

  public async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await once(this.child, 'close');
  }
}

/** Charge points of another author, with mobilityhouse's library: what they heard, one line each. */
export async function otherChargePoints(endpoint: string, count: number): Promise<Record<string, number>> {
  const child = spawn(MOTO.program('python3'), [
    '-B',
    path.join(__dirname, 'charge_points.py'),
    endpoint,
    String(count),
  ]);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) {
    throw new Error(output);
  }
  return JSON.parse(output);
}

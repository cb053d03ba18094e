import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { layoutIn, NginxProcess } from '../engines/nginx-process';
import { freePorts } from '../engines/ports';
import { FIVE_SERVICES, machine, service } from '../machine/fixture';
import { WRK } from '../support/engines';
import { run } from '../support/engines/run';
import type { Benchmark, BenchmarkRow } from './benchmark';

const ROUNDS = 11;
const SECONDS = 1;
const CONNECTIONS = 64;

/** As one writes it in five minutes, and rightly: connections to the service are kept. */
function handWritten(folder: string, port: number, origin: number): string {
  const { openFiles } = layoutIn(folder);
  return `worker_processes auto; worker_rlimit_nofile ${openFiles}; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections ${openFiles}; }
http {
  access_log ${folder}/access.log;
  upstream origin { server 127.0.0.1:${origin}; keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; }
  }
}
`;
}

/** Requests per second, every one of which was answered 200. */
async function load(port: number, host: string): Promise<number> {
  const args = [
    '-t2',
    `-c${CONNECTIONS}`,
    `-d${SECONDS}s`,
    '-H',
    `Host: ${host}`,
    `http://127.0.0.1:${port}/v1/tariffs`,
  ];
  const output = await run(WRK.program, args);
  if (/Non-2xx|Socket errors/.test(output)) {
    throw new Error(output);
  }
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
}

async function measure(): Promise<BenchmarkRow[]> {
  const first = await freePorts(6);
  const [plain, cached, health, origin, reference] = [first, first + 1, first + 2, first + 3, first + 4];
  const api = service({ replicas: 1, firstReplicaPort: origin, requestsPerSecond: 0 });
  const described = machine({
    services: [
      { ...api, proxyPort: plain, cacheSeconds: 0 },
      { ...api, name: 'cached', proxyPort: cached, cacheSeconds: 60 },
      { ...FIVE_SERVICES[2], proxyPort: first + 5, firstReplicaPort: origin, replicas: 1 },
    ],
    machineHealthPort: health,
    loadBalancerCidrs: ['127.0.0.0/8'],
  });
  const child: ChildProcess = fork(path.join(__dirname, 'origin.ts'), [String(origin)], {
    execArgv: ['--import', 'tsx'],
  });
  await once(child, 'message');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nginx-'));
  const nginxes = [
    await NginxProcess.start(described),
    await NginxProcess.startWith(handWritten(folder, reference, origin), folder),
  ];
  try {
    const ports = { plain, reference, cached };
    const rounds: Record<keyof typeof ports, number>[] = [];
    // One after another in each round, forwards and backwards, so that what else the machine does meets all of them alike.
    for (let round = 0; round < ROUNDS; round++) {
      const names = Object.keys(ports) as (keyof typeof ports)[];
      const rates = { plain: 0, reference: 0, cached: 0 };
      for (const name of round % 2 === 0 ? names : names.reverse()) {
        rates[name] = await load(ports[name], api.hostNames[0]);
      }
      rounds.push(rates);
    }
    return [
      {
        what: 'requests through the generated NGINX, nothing kept',
        ...middle(rounds.map(({ plain: ours, reference: theirs }) => ({ ours, reference: theirs }))),
        unit: 'requests/s',
        against: 'a minimal proxy written by hand',
        goal: { atLeast: 0.9 },
      },
      {
        what: 'requests that the cache answers',
        ...middle(rounds.map(({ cached: ours, plain: theirs }) => ({ ours, reference: theirs }))),
        unit: 'requests/s',
        against: 'the same, nothing kept, connections to the service kept',
        goal: { atLeast: 2.5 },
      },
    ];
  } finally {
    child.kill();
    await Promise.all(nginxes.map((nginx) => nginx.stop()));
  }
}

/** The round whose ratio stands in the middle. */
function middle<T extends { readonly ours: number; readonly reference: number }>(rounds: T[]): T {
  return rounds.sort((a, b) => a.ours / a.reference - b.ours / b.reference)[Math.floor(rounds.length / 2)];
}

export const benchmark: Benchmark = { name: 'NGINX before a web service', run: measure };

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { buildSync } from 'esbuild';
import type * as records from '../../src/waf/log-records.lambda-shared';
import type { OffenceSpec } from '../../src/waf/offence-spec';
import type * as parser from '../../src/waf/parse-object.lambda-shared';
import { accessTraffic, wafTraffic, writeGzip } from '../support/waf-logs';
import type { Benchmark, BenchmarkRow } from './benchmark';

const LINES = 500_000;
const ROUNDS = 6;
const GUARDS = { directHosts: ['*'], chargePointHosts: ['ocpp*'] };
const BLOCKED: OffenceSpec = { kind: 'blocked requests', threshold: 100, windowSeconds: 300, blockSeconds: 14_400 };
const ALL: OffenceSpec[] = [BLOCKED, { ...BLOCKED, kind: 'requests', hosts: ['*.example.com'] }];
const ERRORS: OffenceSpec[] = [{ ...BLOCKED, kind: 'client errors', statusCodes: [400, 401, 403, 404, 405] }];

/** The parser against the least that any parser must do with the same file in the same process. */
export const benchmark: Benchmark = {
  name: 'WAF log parser',
  async run(): Promise<BenchmarkRow[]> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'waf-parser-'));
    try {
      const { parseWafLog, parseAccessLog } = bundled<typeof parser>('parse-object', folder);
      const { unpacked } = bundled<typeof records>('log-records', folder);
      const speed = (what: string, file: string, atLeast: number, parse: (file: string) => Promise<unknown>) =>
        compare(
          { what, atLeast },
          () => split(unpacked(fs.createReadStream(file))),
          () => parse(file),
        );
      const waf = path.join(folder, 'waf.gz');
      const access = path.join(folder, 'access.gz');
      await writeGzip(waf, wafTraffic({ lines: LINES, addresses: 5_000 }));
      await writeGzip(access, accessTraffic({ lines: LINES, addresses: 5_000 }));
      return [
        await speed(`parse a WAF log of ${count(LINES)} lines, blocked requests`, waf, 0.6, (file) =>
          parseWafLog(fs.createReadStream(file), [BLOCKED], GUARDS),
        ),
        await speed(`parse a WAF log of ${count(LINES)} lines, every request counted`, waf, 0.6, (file) =>
          parseWafLog(fs.createReadStream(file), ALL, GUARDS),
        ),
        await speed(`parse an access log of ${count(LINES)} lines`, access, 0.4, (file) =>
          parseAccessLog(fs.createReadStream(file), ERRORS, GUARDS),
        ),
        await memory(waf),
      ];
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  },
};

/** As Lambda runs it: one file, in which no call goes through a loader's module. */
function bundled<T>(name: string, folder: string): T {
  const outfile = path.join(folder, `${name}.js`);
  const entry = path.join(__dirname, '..', '..', 'src', 'waf', `${name}.lambda-shared.ts`);
  buildSync({ entryPoints: [entry], bundle: true, platform: 'node', target: 'node20', outfile });
  return require(outfile);
}

/** By CPU time, which Lambda sells, and the best of some rounds each, taken in turn, because the machine is shared. */
async function compare(
  { what, atLeast }: { readonly what: string; readonly atLeast: number },
  theirs: () => Promise<unknown>,
  mine: () => Promise<unknown>,
): Promise<BenchmarkRow> {
  let ours = 0;
  let reference = 0;
  for (let round = 0; round < ROUNDS; round++) {
    reference = Math.max(reference, await linesPerSecond(theirs));
    ours = Math.max(ours, await linesPerSecond(mine));
  }
  return {
    what,
    ours,
    reference,
    unit: 'lines per second of CPU',
    against: 'gunzip and split the same file',
    goal: { atLeast },
  };
}

async function linesPerSecond(work: () => Promise<unknown>): Promise<number> {
  const begin = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(begin);
  return LINES / ((user + system) / 1e6);
}

async function split(pieces: AsyncIterable<Buffer>): Promise<number> {
  let lines = 0;
  for await (const piece of pieces) {
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) {
      lines++;
    }
  }
  return lines;
}

/** In a process of its own, which tells its size before and its largest size after. */
async function memory(file: string): Promise<BenchmarkRow> {
  const { execFileSync } = await import('node:child_process');
  const script = path.join(__dirname, 'waf-parser-memory.ts');
  const tsx = path.join(__dirname, '..', '..', 'node_modules', '.bin', 'tsx');
  const { idle, peak } = JSON.parse(execFileSync(tsx, [script, file], { encoding: 'utf8' }));
  return {
    what: `memory while a WAF log of ${count(LINES)} lines is parsed, beyond the idle process`,
    ours: peak - idle,
    reference: 64,
    unit: 'MiB',
    against: 'what is allowed',
    goal: { atMost: 1 },
  };
}

function count(value: number): string {
  return value.toLocaleString('en');
}

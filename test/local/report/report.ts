import * as fs from 'node:fs';
import * as path from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Eta } from 'eta';
import { BENCH_RESULTS, type BenchResults, described, machine } from '../../bench/results';
import { costsOf, dollars } from '../../cost/table';
import { architecture } from '../../pictures/architecture';
import { backupCalendar } from '../../pictures/backup-calendar';
import { Inventory } from '../../support/inventory';
import { type DeployedRule, inMadrid } from '../steps/backup';
import type { Chapter } from '../story';
import { alarmsOf, type PackFacts, packsOf, roomsOf } from './facts';

const ROOT = path.join(__dirname, '..', '..', '..');
const TARGET = path.join(ROOT, '.demo', 'report.html');

/** What was decided about an address during the demo, as the API explains it. */
export interface Decision {
  readonly address: string;
  readonly verdict: string;
  readonly by: string;
  readonly reason: string;
  readonly until: string;
}

/** What only the running demo knows; the rest is read from the app that it deployed. */
export interface Told {
  readonly chapters: readonly Chapter[];
  readonly decisions: readonly Decision[];
  readonly backups: readonly DeployedRule[];
  readonly packs: readonly PackFacts[];
  /** Types that the emulator only recorded. */
  readonly recorded: readonly string[];
}

/** An explanation of the API, as a line of the page. */
// biome-ignore lint/suspicious/noExplicitAny: an answer is free JSON
export function decisionOf({ address, verdict, until, decidedBy }: any): Decision {
  const [entry] = decidedBy;
  return {
    address,
    verdict: verdict === 'NONE' ? 'no entry: the lists say nothing' : verdict,
    by: entry ? byOf(entry) : '',
    reason: entry?.reason ?? '',
    until: until?.replace('T', ' ').slice(0, 16) ?? '',
  };
}

/** A parser's entries name it twice: `offender:<name>`, by `<name>`. */
function byOf({ source, actor }: { source: string; actor?: string }): string {
  return actor === undefined || source.endsWith(actor) ? source : `${source}, ${actor}`;
}

/** Writes the page, and gives its path. */
export async function writeReport(app: App, told: Omit<Told, 'packs'>): Promise<string> {
  const page = await reportPage(new Inventory(app), { ...told, packs: packsOf(app) });
  fs.mkdirSync(path.dirname(TARGET), { recursive: true });
  fs.writeFileSync(TARGET, page);
  return path.relative(process.cwd(), TARGET);
}

/** A page that needs nothing but itself. */
export async function reportPage(inventory: Inventory, told: Told): Promise<string> {
  const costs = costsOf(inventory);
  return new Eta({ views: __dirname, autoEscape: true }).render('report', {
    ...told,
    machine: machine(),
    written: new Date().toISOString().replace('T', ' ').slice(0, 16),
    rooms: roomsOf(inventory),
    resources: inventory.items.length,
    costs,
    total: costs.reduce((sum, { usd }) => sum + usd, 0),
    dollars,
    alarms: alarmsOf(inventory),
    architecture: inline(await architecture(inventory)),
    calendar: inline(backupCalendar()),
    inMadrid,
    bench: benchmarks(),
    described,
  });
}

/** Of the last `npx projen bench` on this machine, if there was one. */
function benchmarks(): BenchResults | undefined {
  return fs.existsSync(BENCH_RESULTS) ? JSON.parse(fs.readFileSync(BENCH_RESULTS, 'utf8')) : undefined;
}

/** A page may hold several drawings; the prologue of each is for files of their own. */
function inline(svg: string): string {
  return svg.slice(svg.indexOf('<svg')).replace(/^<svg width="[^"]+" height="[^"]+"/, '<svg');
}

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as v8 from 'node:v8';
import * as vm from 'node:vm';
import { App, DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { chargingPlatform } from '../integ/charging-platform.integ';
import type { Benchmark, BenchmarkRow } from './benchmark';

const ROUNDS = 5;

v8.setFlagsFromString('--expose-gc');
const collectGarbage: () => void = vm.runInNewContext('gc');

interface Cost {
  readonly seconds: number;
  /** MiB of heap that it holds at its end. */
  readonly memory: number;
}

/** What an app costs from its constructor to the written assembly. */
function synthesise(define: (app: App) => unknown, outdir: string): Cost {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const begin = process.hrtime.bigint();
  const app = new App({ analyticsReporting: false, outdir });
  define(app);
  app.synth();
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  collectGarbage();
  const memory = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  // The app must live until its memory was counted.
  return { seconds: app.node.children.length > 0 ? seconds : 0, memory };
}

/** The templates of an assembly as files that can be included: the one intrinsic function that the include does not know is a text. */
function plainTemplates(assembly: string, folder: string): string[] {
  fs.mkdirSync(folder, { recursive: true });
  return fs
    .readdirSync(assembly)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => {
      const text = fs.readFileSync(path.join(assembly, file), 'utf8');
      const plain = JSON.parse(text, (_, value) => (value?.['Fn::GetStackOutput'] ? 'another stack' : value));
      const target = path.join(folder, file);
      fs.writeFileSync(target, JSON.stringify(plain));
      return target;
    });
}

/** The same resources again, read from their templates. */
function including(templates: readonly string[]) {
  return (app: App) => {
    for (const templateFile of templates) {
      const synthesizer = new DefaultStackSynthesizer({ generateBootstrapVersionRule: false });
      const stack = new Stack(app, path.basename(templateFile, '.template.json'), { synthesizer });
      new CfnInclude(stack, 'Template', { templateFile });
    }
  };
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

export const benchmark: Benchmark = {
  name: 'synthesis of the whole example',
  async run(): Promise<BenchmarkRow[]> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synthesis-bench-'));
    const { CDK_VALIDATION = '' } = process.env;
    // The CDK's validation of templates takes most of the time, and the same for both.
    process.env.CDK_VALIDATION = 'false';
    try {
      const own = path.join(folder, 'own');
      synthesise(chargingPlatform, own);
      const include = including(plainTemplates(own, path.join(folder, 'templates')));
      synthesise(include, path.join(folder, 'reference'));
      const rounds = Array.from({ length: ROUNDS }, () => ({
        ours: synthesise(chargingPlatform, path.join(folder, 'ours')),
        reference: synthesise(include, path.join(folder, 'reference')),
      }));
      const row = (what: string, unit: string, key: keyof Cost): BenchmarkRow => ({
        what,
        ours: median(rounds.map(({ ours }) => ours[key])),
        reference: median(rounds.map(({ reference }) => reference[key])),
        unit,
        against: 'CfnInclude of its own templates',
        goal: { atMost: 2 },
      });
      return [
        row('synthesise the whole example, six stacks', 's', 'seconds'),
        row('memory that the synthesised example holds', 'MiB', 'memory'),
      ];
    } finally {
      process.env.CDK_VALIDATION = CDK_VALIDATION;
      fs.rmSync(folder, { recursive: true });
    }
  },
};

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { ChargingPlatformNetwork, NetworkTier } from '../../src/network';
import type { Benchmark, BenchmarkRow } from './benchmark';

const ROUNDS = 30;
const SPAIN = { account: '111122223333', region: 'eu-south-2' };

/** The network of the example app: two zones, a VPN and a peering. */
function defineNetwork(stack: Stack): void {
  const availabilityZones = ['eu-south-2a', 'eu-south-2b'];
  const network = new ChargingPlatformNetwork(stack, 'Network', { availabilityZones });
  network.addVpn('Headquarters', {
    customerGateway: '203.0.113.10',
    remoteCidrs: ['192.168.0.0/16'],
    tiers: [NetworkTier.PUBLIC, NetworkTier.PRIVATE],
  });
}

/** Synthesises an app with one stack, which can be included in another: it has no parameters of its own. */
function synthesise(define: (stack: Stack) => void, outdir: string): string {
  const app = new App({ analyticsReporting: false, outdir });
  const synthesizer = new DefaultStackSynthesizer({ generateBootstrapVersionRule: false });
  define(new Stack(app, 'Network', { env: SPAIN, synthesizer }));
  return app.synth().directory;
}

/** Milliseconds that an app with one stack takes, from its constructor to the written template. */
function milliseconds(define: (stack: Stack) => void, outdir: string): number {
  const begin = process.hrtime.bigint();
  synthesise(define, outdir);
  return Number(process.hrtime.bigint() - begin) / 1e6;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

export const benchmark: Benchmark = {
  name: 'synthesis of the network',
  async run(): Promise<BenchmarkRow[]> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'network-bench-'));
    const { CDK_VALIDATION = '' } = process.env;
    // The CDK's validation of templates takes most of the time, and the same for both.
    process.env.CDK_VALIDATION = 'false';
    try {
      const templateFile = path.join(synthesise(defineNetwork, path.join(folder, 'own')), 'Network.template.json');
      const include = (stack: Stack) => void new CfnInclude(stack, 'Template', { templateFile });
      const ours: number[] = [];
      const reference: number[] = [];
      for (let round = -5; round < ROUNDS; round++) {
        const pair = [
          milliseconds(defineNetwork, path.join(folder, 'ours')),
          milliseconds(include, path.join(folder, 'reference')),
        ];
        if (round >= 0) {
          ours.push(pair[0]);
          reference.push(pair[1]);
        }
      }
      return [
        {
          what: 'synthesise the network with a VPN',
          ours: median(ours),
          reference: median(reference),
          unit: 'ms',
          against: 'CfnInclude of its own template',
          goal: { atMost: 2 },
        },
      ];
    } finally {
      process.env.CDK_VALIDATION = CDK_VALIDATION;
      fs.rmSync(folder, { recursive: true });
    }
  },
};

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { App, Aspects, Stage } from 'aws-cdk-lib';
import { CdkCli } from '../local/cdk-cli';
import { demandSuccess, LocalPlatform } from '../local/local-platform';
import { EMULATOR } from '../support/engines';
import { chargingPlatform } from './charging-platform.integ';
import { DisposableStage } from './disposable-stage';
import { type DeployedStack, Inventory } from './inventory';
import type { Place } from './place';
import { addRulePacks, STRICT } from './synth-when-called';

/** The example app, ready to be deployed somewhere. */
interface Deployment {
  readonly cli: CdkCli;
  readonly inventory: Inventory;
  /** Makes what the account must have before. */
  prepare(): Promise<void>;
  stop(): Promise<void>;
}

/** Deploys the example app, looks for differences, deploys again, and destroys it whatever happened; what is left is an error. */
async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { destroy: { type: 'boolean', default: false } },
  });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'charging-platform-deploy-'));
  const deployment = await toPlace(positionals[0], folder);
  try {
    if (!values.destroy) {
      await deployment.prepare();
      await deploy(deployment.cli);
    }
  } finally {
    try {
      await destroy(deployment);
    } finally {
      await deployment.stop();
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    }
  }
}

function toPlace(name: string | undefined, folder: string): Promise<Deployment> {
  if (name === 'emulator') {
    return toEmulator(folder);
  }
  if (name === 'account') {
    return Promise.resolve(toAccount(folder));
  }
  throw new Error(`the place must be 'emulator' or 'account', got '${name ?? ''}'`);
}

async function toEmulator(folder: string): Promise<Deployment> {
  await EMULATOR.install();
  const local = await LocalPlatform.start({ folder, disposable: true });
  return {
    cli: local.cli,
    inventory: new Inventory(Object.values(local.platform), (region) => local.emulator.clientConfig(region)),
    prepare: () => local.bootstrap(),
    stop: () => local.stop(),
  };
}

/** A real account has been bootstrapped by its owner, and the stacks carry the name of the stage. */
function toAccount(folder: string): Deployment {
  const app = new App({ outdir: path.join(folder, 'cdk.out'), context: STRICT });
  const stage = new Stage(app, setting('STAGE'));
  const stacks: DeployedStack[] = Object.values(chargingPlatform(stage, realPlace(stage.stageName)));
  Aspects.of(app).add(new DisposableStage());
  addRulePacks(app);
  const [{ directory }] = app.synth().nestedAssemblies.map(({ nestedAssembly }) => nestedAssembly);
  return {
    cli: new CdkCli({ folder }, directory),
    inventory: new Inventory(stacks, (region) => ({ region })),
    prepare: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}

function realPlace(stage: string): Place {
  const zoneName = setting('ZONE_NAME');
  return {
    account: setting('ACCOUNT'),
    domain: `${stage}.${zoneName}`,
    parentZone: { hostedZoneId: setting('ZONE_ID'), zoneName },
    image: setting('IMAGE'),
  };
}

function setting(name: string): string {
  const value = process.env[`INTEGRATION_${name}`];
  if (!value) {
    throw new Error(`INTEGRATION_${name} must be set; CONTRIBUTING.md says to what`);
  }
  return value;
}

async function deploy(cli: CdkCli): Promise<void> {
  await step('deploy', async () => demandSuccess('cdk deploy', await cli.deploy()));
  await step('find no difference', async () => demandSuccess('cdk diff', await cli.diff()));
  await step('deploy again', async () => demandSuccess('cdk deploy', await cli.deploy()));
}

async function destroy({ cli, inventory }: Deployment): Promise<void> {
  await inventory.remember();
  await step('empty buckets', () => inventory.emptyBuckets());
  const { code } = await cli.destroy();
  if (code !== 0) {
    // Services deliver logs until the last moment.
    await step('empty buckets again', () => inventory.emptyBuckets());
    await step('destroy again', async () => demandSuccess('cdk destroy', await cli.destroy()));
  }
  const left = await inventory.leftovers();
  console.log(left.length === 0 ? 'nothing is left' : `left behind:\n${left.join('\n')}`);
  if (left.length > 0) {
    throw new Error(`${left.length} resources were left behind`);
  }
}

async function step(title: string, act: () => Promise<void>): Promise<void> {
  const start = Date.now();
  await act();
  console.log(`${title}: done in ${Math.round((Date.now() - start) / 1000)} s`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

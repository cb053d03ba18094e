import { App, Aspects } from 'aws-cdk-lib';
import { DisposableStage } from '../integ/disposable-stage';
import { addRulePacks, STRICT } from '../integ/synth-when-called';
import { chargingPlatform } from '../integ/try.integ';
import { CdkCli } from './cdk-cli';
import { Emulator } from './emulator/launcher';

async function main() {
  const t0 = Date.now();
  const app = new App({ outdir: '/tmp/try/cdk.out', context: STRICT });
  const p = chargingPlatform(app);
  Aspects.of(app).add(new DisposableStage());
  console.log('construct', Date.now() - t0);
  if (process.argv[2] !== 'deploy') addRulePacks(app);
  try {
    app.synth();
  } catch (e) {
    console.log(String(e).slice(0, 3000));
  }
  console.log('synth', Date.now() - t0);
  if (process.argv[2] !== 'deploy') return;
  const t = (l: string, s: number) => console.log(l, ((Date.now() - s) / 1000).toFixed(1));
  const e = await Emulator.start({ folder: '/tmp/try' });
  const cli = new CdkCli(e, '/tmp/try/cdk.out');
  try {
    let s = Date.now();
    let r = await cli.bootstrap('eu-south-2', 'eu-west-1', 'us-east-1');
    t('bootstrap ' + r.code, s);
    if (r.code) console.log(r.output);
    s = Date.now();
    r = await cli.deploy();
    t('deploy ' + r.code, s);
    if (r.code) console.log(r.output.slice(-3500));
    s = Date.now();
    r = await cli.diff();
    t('diff ' + r.code, s);
    if (r.code) console.log(r.output.slice(0, 3000));
    s = Date.now();
    r = await cli.deploy();
    t('again ' + r.code, s);
    console.log(JSON.stringify(e.usedTypes().recorded));
    s = Date.now();
    r = await cli.destroy();
    t('destroy ' + r.code, s);
    if (r.code) console.log(r.output.slice(-2000));
  } finally {
    await e.stop();
  }
}
void main();

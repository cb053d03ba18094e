import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { run } from '../support/engines/run';
import { ROOT } from './artefacts';
import { type AssemblyFiles, resourcesOf } from './assembly';
import { FLOOR, NEWEST, NodeConsumer } from './node';

const APP = fs.readFileSync(path.join(__dirname, 'typescript', 'app.ts'), 'utf8');
/** Flags that the stack reads for itself, above our constructs: they spell partitions and order actions, and mean the same. */
const ABOVE_US = ['@aws-cdk/core:enablePartitionLiterals', '@aws-cdk/aws-iam:minimizePolicies'];

let consumer: NodeConsumer;
/** Of the app without any context. */
let plain: AssemblyFiles;

beforeAll(async () => {
  consumer = await NodeConsumer.install('npm', 'npm', FLOOR);
  plain = await consumer.synthesise(APP);
}, 300_000);

describe('the oldest CDK, installed by npm', () => {
  test('is what package.json promises', () => {
    const { peerDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    expect(peerDependencies).toEqual({
      'aws-cdk-lib': `^${consumer.versionOf('aws-cdk-lib')}`,
      constructs: `^${consumer.versionOf('constructs')}`,
    });
  });

  test('the declarations compile in a strict project that checks those of libraries, too', async () => {
    const strict = ['--strict', '--skipLibCheck', 'false', '--target', 'es2022', '--module', 'node16', '--noEmit'];
    const types = ['--typeRoots', path.join(ROOT, 'node_modules', '@types'), '--types', 'node'];
    fs.writeFileSync(path.join(consumer.folder, 'app.ts'), APP);
    const compiler = path.join(ROOT, 'node_modules', '.bin', 'tsc');
    expect(await run(compiler, [...strict, ...types, '--ignoreConfig', 'app.ts'], {}, consumer.folder)).toBe('');
  }, 120_000);

  test('CommonJS requires it', async () => {
    const text = "console.log(typeof require('cdk-charging-platform').ResilientMysql)";
    expect(await consumer.runFile('require.cjs', text)).toBe('function\n');
  }, 60_000);

  test('an ES module imports it by name', async () => {
    const text = "import { ResilientMysql } from 'cdk-charging-platform'; console.log(typeof ResilientMysql)";
    expect(await consumer.runFile('import.mjs', text)).toBe('function\n');
  }, 60_000);
});

describe("a consumer's policy changes nothing", () => {
  test('recommended feature flags', async () => {
    const flags = Object.entries(cxapi.FLAGS)
      // Flags of CDK 1 are fixed in CDK 2 and refused there.
      .filter(([, { recommendedValue, introducedIn }]) => recommendedValue === true && introducedIn.v2 !== undefined)
      .map(([flag]) => [flag, true]);
    const context = Object.fromEntries(flags.filter(([flag]) => !ABOVE_US.includes(flag as string)));
    expect(await consumer.synthesise(APP, context)).toEqual(plain);
  }, 60_000);

  test('the cdk.json of cdk init', async () => {
    const { context } = JSON.parse(fs.readFileSync(path.join(cdkInit(), 'cdk.json'), 'utf8'));
    expect(Object.keys(context).length).toBeGreaterThan(30);
    const ours = Object.fromEntries(Object.entries(context).filter(([flag]) => !ABOVE_US.includes(flag)));
    expect(await consumer.synthesise(APP, ours)).toEqual(plain);
    expect(resourcesOf(await consumer.synthesise(APP, context))).toEqual(resourcesOf(plain));
  }, 60_000);
});

describe('a stack that knows no region', () => {
  const anywhere = APP.replace(/, \{ env: \{.*?\} \}/, '');

  test('gets an error that says what needs one', async () => {
    expect(anywhere).not.toBe(APP);
    await expect(consumer.synthesise(anywhere)).rejects.toThrow(
      "[ChargingPlatform/Fleet] the stack must have a region, got none; give its 'env' one, which the load balancer's access logs need",
    );
  }, 60_000);

  test('takes what needs none: network, database, web ACL, backup', async () => {
    const fleetless = anywhere
      .replace(/const fleet = [\s\S]*?\n\}\);\n.*allowDefaultPortFrom\(fleet\);\n/, '')
      .replace(/\{ protects: .* \}/, '{}')
      .replace(/new WafLogAnalytics\([\s\S]*?\n\}\);\n/, '');
    const resources = resourcesOf(await consumer.synthesise(fleetless));
    expect(Object.values(resources)).toEqual(
      expect.arrayContaining([
        'AWS::EC2::VPC',
        'AWS::RDS::DBInstance',
        'AWS::WAFv2::WebACL',
        'AWS::Backup::BackupPlan',
      ]),
    );
  }, 60_000);
});

test('the newest CDK, installed by pnpm, gives the same resources under the same logical ids', async () => {
  const modern = await NodeConsumer.install('pnpm', 'pnpm', NEWEST);
  expect(modern.versionOf('aws-cdk-lib')).not.toBe(FLOOR['aws-cdk-lib']);
  expect(resourcesOf(await modern.synthesise(APP))).toEqual(resourcesOf(plain));
}, 300_000);

test('classic yarn installs what synthesises the same bytes', async () => {
  const other = await NodeConsumer.install('yarn', 'yarn', FLOOR);
  expect(await other.synthesise(APP)).toEqual(plain);
}, 300_000);

/** An empty project, as the CLI makes it; that needs no network. */
function cdkInit(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'consumer-'));
  const cli = path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const args = [cli, 'init', 'app', '--language', 'typescript', '--generate-only', '--no-notices'];
  const env = { ...process.env, HOME: folder, CDK_DISABLE_CLI_TELEMETRY: 'true' };
  const project = path.join(folder, 'app');
  fs.mkdirSync(project);
  spawnSync(process.execPath, args, { cwd: project, env, stdio: 'ignore' });
  return project;
}

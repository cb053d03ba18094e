import { BackupClient } from '@aws-sdk/client-backup';
import { S3Client } from '@aws-sdk/client-s3';
import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import { emitMetrics } from '../runtime/metrics.lambda-shared';
import * as constants from './constants';
import { type EvidencePoint, type EvidencePolicy, evidence, remember } from './evidence.lambda-shared';
import { readSource, testRestores } from './evidence-source.lambda-shared';
import { EvidenceStore } from './evidence-store.lambda-shared';
import { type RestoreTesting, unprovenDatabases } from './restore-proof.lambda-shared';

const backup = new BackupClient({});
const s3 = new S3Client({});
/** The seven of the evidence, and the day of the test. */
const EIGHT_DAYS = 8 * 24 * 3600 * 1000;

/** Writes which recovery points exist and which are missing, one line a promise, and counts both. */
export async function handler(): Promise<void> {
  const now = new Date();
  const { resources, points, since } = await readSource(
    backup,
    requireEnv(constants.PLAN_ID_ENV),
    requireEnv(constants.VAULT_NAME_ENV),
  );
  const policy: EvidencePolicy = JSON.parse(requireEnv(constants.POLICY_ENV));
  const store = new EvidenceStore(s3, requireEnv(constants.EVIDENCE_BUCKET_ENV));
  const before = await store.memory();
  const rows = evidence(policy, resources, points, since, now, before);
  await store.report(rows, now);
  const memory = remember(policy, points, rows, before);
  const missing = memory.told.length;
  const told = new Set(before.told);
  const untold = memory.told.filter((miss) => !told.has(miss)).length;
  log.info('evidence written', { resources: resources.length, promises: rows.length, missing, untold });
  emitMetrics(
    constants.BACKUP_NAMESPACE,
    { [constants.POLICY_DIMENSION]: requireEnv(constants.POLICY_NAME_ENV) },
    {
      [constants.MISSING_POINTS_METRIC]: missing,
      [constants.UNTOLD_MISSING_POINTS_METRIC]: untold,
      [constants.PRESENT_POINTS_METRIC]: rows.length - missing,
      ...(await unproven(points, policy.timeZone, now)),
    },
  );
  // Last: a run that fails before is repeated, and tells again.
  await store.remember(memory);
}

/** How many databases the last restore test left unproven, where there is a test. */
async function unproven(points: EvidencePoint[], timeZone: string, now: Date): Promise<Record<string, number>> {
  const text = process.env[constants.RESTORE_TESTING_ENV];
  if (!text) {
    return {};
  }
  const testing: RestoreTesting = JSON.parse(text);
  const restores = await testRestores(backup, testing.planArn, new Date(now.getTime() - EIGHT_DAYS));
  const databases = unprovenDatabases(points, restores, testing, timeZone, now);
  log.info('restore test seen', { restores: restores.length, unproven: databases.join(' ') });
  return { [constants.UNPROVEN_DATABASES_METRIC]: databases.length };
}

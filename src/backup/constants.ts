/** Environment of the function that writes evidence; the values are told by the construct. */
export const VAULT_NAME_ENV = 'VAULT_NAME';
export const PLAN_ID_ENV = 'PLAN_ID';
/** JSON: `EvidencePolicy` of the runtime code. */
export const POLICY_ENV = 'POLICY';
/** JSON: `RestoreTesting` of the runtime code; not there without a restore test. */
export const RESTORE_TESTING_ENV = 'RESTORE_TESTING';
export const EVIDENCE_BUCKET_ENV = 'EVIDENCE_BUCKET';
export const POLICY_NAME_ENV = 'POLICY_NAME';

/** The longest life that AWS Backup gives a recovery point. */
export const MAX_DAYS = 36_500;
/** How many days back the restore test looks for a point. */
export const RESTORE_WINDOW_DAYS = 30;

export const BACKUP_NAMESPACE = 'ChargingPlatform/Backup';
export const POLICY_DIMENSION = 'Policy';
/** Recovery points that the policy promised and that do not exist. */
export const MISSING_POINTS_METRIC = 'MissingRecoveryPoints';
/** Those of them that no evidence told before. */
export const UNTOLD_MISSING_POINTS_METRIC = 'UntoldMissingRecoveryPoints';
/** JSON in the bucket: `EvidenceMemory` of the runtime code. */
export const EVIDENCE_MEMORY_KEY = 'memory.json';
/** Recovery points that exist as promised. */
export const PRESENT_POINTS_METRIC = 'PresentRecoveryPoints';
/** Databases of the last restore test that no restore proves. */
export const UNPROVEN_DATABASES_METRIC = 'UnprovenDatabases';

/** Environment of the function behind the runbooks. */
export const RESTORE_ROLE_ENV = 'RESTORE_ROLE_ARN';
export const AUDIT_LOG_GROUP_ENV = 'AUDIT_LOG_GROUP';

/** What a runbook asks the function for. */
export const FIND = 'FIND';
export const DELETE = 'DELETE';
export const KEEP = 'KEEP';
export const RESTORE = 'RESTORE';
export const REPORT = 'REPORT';
/** Names of what is restored begin with it: nothing else may be made, and nothing that lives is touched. */
export const RESTORED_PREFIX = 'restored-';
/** Names of databases that AWS Backup restores for a test begin with it. */
export const RESTORE_TEST_PREFIX = 'awsbackup-restore-test-';

/** Environment of the function that AWS Backup's restores wake; it has `POLICY_NAME` too. */
export const CHECK_FUNCTION_ENV = 'CHECK_FUNCTION';
/** Environment of the function that logs in to restored databases. */
export const CHECK_USER_ENV = 'CHECK_USER';
export const SCHEMA_ENV = 'SCHEMA';
/** JSON: a list of `DatabaseCheck`. */
export const CHECKS_ENV = 'CHECKS';

/** Checks that did not hold in restored databases. */
export const FAILED_RESTORE_CHECKS_METRIC = 'FailedRestoreChecks';

/** A query whose only value must be true. */
export interface DatabaseCheck {
  readonly name: string;
  readonly sql: string;
}

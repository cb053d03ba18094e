/** Environment of the functions of mail; the values are told by the construct. */
export const AUDIT_TABLE_ENV = 'AUDIT_TABLE_NAME';
export const AUDIT_DAYS_ENV = 'AUDIT_RETENTION_DAYS';
export const MAIL_NAME_ENV = 'MAIL_NAME';

/** The audit table: one item per incident of an address, and one, `STATE`, that says how it stands now. */
export const AUDIT_PARTITION_KEY = 'address';
export const AUDIT_SORT_KEY = 'entry';
/** Epoch seconds; the item of the state has none. */
export const AUDIT_TTL_ATTRIBUTE = 'expiresAt';
export const STATE_ENTRY = 'STATE';

export const MAIL_NAMESPACE = 'ChargingPlatform/Mail';
export const MAIL_DIMENSION = 'Mail';
/** Addresses that a bounce or a complaint put on the suppression list. */
export const SUPPRESSED_METRIC = 'SuppressedAddresses';
/** Addresses whose state and suppression list differed, and were brought in step. */
export const DRIFT_METRIC = 'SuppressionDrift';

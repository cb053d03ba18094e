/** Environment of the log parser. */
export const OFFENCES_ENV = 'OFFENCES';
export const COUNT_TABLE_ENV = 'COUNT_TABLE_NAME';
/** JSON list of host patterns that clients reach without CloudFront; `*` is all. */
export const DIRECT_HOSTS_ENV = 'DIRECT_HOSTS';
/** JSON list of host patterns of charge points, which count only for offences that name hosts. */
export const CHARGE_POINT_HOSTS_ENV = 'CHARGE_POINT_HOSTS';
/** Bucket whose objects are access logs of a load balancer instead of a web ACL's. */
export const ACCESS_LOG_BUCKET_ENV = 'ACCESS_LOG_BUCKET';
/** Value of the metrics' dimension, and name of the entries' source. */
export const LOG_ANALYTICS_NAME_ENV = 'LOG_ANALYTICS_NAME';

/** Folders of the log bucket. */
export const PARQUET_PREFIX = 'parquet/';
export const SOURCE_PREFIX = 'source/';
/** AWS's own choice for what it delivers itself. */
export const DIRECT_PREFIX = 'AWSLogs/';
export const ERROR_PREFIX = 'errors/';
export const RESULT_PREFIX = 'results/';

export const COUNT_PARTITION_KEY = 'window';
export const COUNT_SORT_KEY = 'part';
export const COUNT_TTL_ATTRIBUTE = 'expiresAt';

export const LOG_ANALYTICS_NAMESPACE = 'ChargingPlatform/WafLogs';
export const LOG_ANALYTICS_DIMENSION = 'LogAnalytics';
/** Lines that were read. */
export const LINES_METRIC = 'Lines';
/** Lines that are no records. */
export const POISON_LINES_METRIC = 'PoisonLines';
/** Addresses that were found to offend. */
export const OFFENDERS_METRIC = 'Offenders';

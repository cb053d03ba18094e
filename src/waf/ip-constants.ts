/** Environment of whatever writes entries. */
export const ENTRY_TABLE_NAME_ENV = 'ENTRY_TABLE_NAME';
export const ENTRY_TABLE_REGION_ENV = 'ENTRY_TABLE_REGION';
/** JSON list of the sets that the writer keeps. */
export const IP_SETS_ENV = 'IP_SETS';
/** JSON list of CIDRs that are never blocked. */
export const NEVER_BLOCK_ENV = 'NEVER_BLOCK';
/** JSON of the shortest prefixes that entries may have. */
export const PREFIX_BOUNDS_ENV = 'PREFIX_BOUNDS';
/** Whether the writer only tells what it would change: `true` or `false`. */
export const DRY_RUN_ENV = 'DRY_RUN';
export const CHANGE_TOPIC_ENV = 'CHANGE_TOPIC_ARN';
/** Value of the metrics' `IpAccess` dimension. */
export const IP_ACCESS_NAME_ENV = 'IP_ACCESS_NAME';

export const IP_ACCESS_NAMESPACE = 'ChargingPlatform/IpAccess';
export const IP_ACCESS_DIMENSION = 'IpAccess';
export const FEED_DIMENSION = 'Feed';
/** Entries in force. */
export const LIVE_ENTRIES_METRIC = 'LiveEntries';
/** Entries that found no room in a full set. */
export const CUT_ENTRIES_METRIC = 'CutEntries';
/** IP sets that a run changed. */
export const CHANGED_SETS_METRIC = 'ChangedSets';
/** IP sets that a run could not bring up to date. */
export const FAILED_SETS_METRIC = 'FailedSets';
/** Seconds since a feed's last good list. */
export const FEED_AGE_METRIC = 'FeedAge';
/** Networks in a feed's last good list. */
export const FEED_ENTRIES_METRIC = 'FeedEntries';
/** Runs of a feed whose list was refused or did not arrive. */
export const FEED_FAILURES_METRIC = 'FeedFailures';

/** Addresses that one IP set holds at most. @see https://docs.aws.amazon.com/waf/latest/developerguide/limits.html */
export const IP_SET_CAPACITY = 10_000;

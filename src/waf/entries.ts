/**
 * The table of IP entries: the only truth about who is allowed or blocked.
 * Its key is `cidr` + `source`, so that each source may hold its own opinion of one address.
 */
export const ENTRY_PARTITION_KEY = 'cidr';
export const ENTRY_SORT_KEY = 'source';
/** Epoch seconds; DynamoDB deletes the item some time later, readers treat it as gone at once. */
export const ENTRY_TTL_ATTRIBUTE = 'expiresAt';

/** An operator's own word, by the manual API. */
export const MANUAL_SOURCE = 'manual';
/** Source of a feed's entries is `feed:<name>`. */
export const FEED_SOURCE_PREFIX = 'feed:';
/** Source of a log analytics' entries is `offender:<id>`. */
export const OFFENDER_SOURCE_PREFIX = 'offender:';
/** Partition key of the items that hold a feed's state instead of an entry; the sort key is the feed's source. */
export const FEED_STATE_KEY = '#state';

export const ALLOW = 'ALLOW';
export const BLOCK = 'BLOCK';
/** Is cut out of every block: our CDN's ranges, our own addresses. */
export const NEVER_BLOCK = 'NEVER_BLOCK';
export type EntryList = typeof ALLOW | typeof BLOCK | typeof NEVER_BLOCK;

/** The shortest prefixes that an entry may have: with a shorter one it would be a country, not a client. */
export interface PrefixBounds {
  readonly ipv4: number;
  readonly ipv6: number;
}
export const DEFAULT_BOUNDS: PrefixBounds = { ipv4: 8, ipv6: 16 };
/** Percent of all public addresses of a family that may be blocked together; more is an attack on us, or a mistake. */
export const MOST_BLOCKED_PERCENT = 5;
export const MAXIMUM_REASON_LENGTH = 200;

export interface Entry {
  /** CIDR in canonical form, e.g. `203.0.113.7/32` or `2001:db8::/48`. */
  readonly cidr: string;
  readonly source: string;
  readonly list: EntryList;
  /** Why, in words. */
  readonly reason: string;
  /** Who: the ARN of a caller, or the name of the part that wrote it. */
  readonly actor: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Epoch seconds. */
  readonly expiresAt?: number;
  /** How often the address offended, for offenders. */
  readonly count?: number;
}

/** What is remembered of a feed between two runs. */
export interface FeedState {
  readonly cidr: typeof FEED_STATE_KEY;
  readonly source: string;
  /** Epoch seconds of the last good list. */
  readonly fetchedAt: number;
  /** Networks in the last good list. */
  readonly count: number;
  /** How the list was fetched and read then: what the server said of it holds for the same settings only. */
  readonly settings?: string;
  readonly etag?: string;
  readonly lastModified?: string;
}

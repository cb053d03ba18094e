/** Names that the web ACL writes into its log and the log's readers look for. */

/** Label of a request from an allowed address, without the prefix that WAF puts before it. */
export const ALLOWED_LABEL = 'platform:allowed';

export const ALLOWED_RULE = 'AllowedAddresses';
export const BLOCKED_RULE = 'BlockedAddresses';
/** Blocks what managed groups only counted because it hits machines, wherever the host is no machine's. */
export const PEOPLE_ONLY_RULE = 'ManagedRulesForPeople';
/** Names of rate rules begin so. */
export const RATE_RULE_PREFIX = 'Rate';

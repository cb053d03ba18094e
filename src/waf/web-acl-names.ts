/** Names that the web ACL writes into its log and the log's readers look for. */

/** Label of a request from an allowed address, without the web ACL's own prefix. */
export const ALLOWED_LABEL = 'platform:allowed';
export const ALLOWED_RULE = 'AllowedAddresses';
export const BLOCKED_RULE = 'BlockedAddresses';

/** The list that an entry is on. */
export enum IpAccessList {
  /** Passes the IP lists and the rules that ask for it; SQL injection and rate rules still apply. */
  ALLOW = 'ALLOW',
  /** Is refused, unless an entry of the allow list covers it too. */
  BLOCK = 'BLOCK',
  /** Is cut out of every block, however it came about: addresses that other traffic hides behind, such as a CDN's. */
  NEVER_BLOCK = 'NEVER_BLOCK',
}

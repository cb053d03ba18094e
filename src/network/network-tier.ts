/** A row of subnets, one per zone, with the same routes and filters. */
export enum NetworkTier {
  /** Reached from the internet and reaching it through the internet gateway: load balancers, NAT gateways, public machines. */
  PUBLIC = 'Public',
  /** Not reached from the internet; reaches it through NAT: machines. */
  PRIVATE = 'Private',
  /** No way to the internet in either direction: databases. */
  DATA = 'Data',
}

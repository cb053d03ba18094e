/** An Elastic IP that exists already. Its allocation is not managed here: removal leaves it alone. */
export interface OcppElasticIpAttributes {
  /** Id of the allocation: `eipalloc-` and 8 or 17 hexadecimal digits. */
  readonly allocationId: string;
  /** The IPv4 address itself, for DNS records and allow lists. */
  readonly address: string;
}

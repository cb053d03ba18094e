/** An Elastic IP address of the account that exists already. */
export interface ElasticIpAttributes {
  /** Its allocation id, such as `eipalloc-0a1b2c3d`. */
  readonly allocationId: string;
  /** The address itself, such as `203.0.113.20`. */
  readonly address: string;
}

/** Options of the NAT strategies that have gateways. */
export interface NatGatewayOptions {
  /**
   * Elastic IP addresses to leave by, one per NAT gateway, in the order of the zones.
   * @default - new ones are allocated, and kept when the stack is deleted, because partners allow-list them
   */
  readonly elasticIps?: ElasticIpAttributes[];
}

/** How machines in private subnets reach the internet. */
export class NatStrategy {
  /** One NAT gateway in each zone: the loss of a zone takes only its own way out. */
  public static perZone(options: NatGatewayOptions = {}): NatStrategy {
    return new NatStrategy(undefined, options.elasticIps);
  }

  /**
   * One NAT gateway, in the first zone. It costs one gateway instead of one per zone, pays for traffic between zones, and the loss
   * of the first zone takes the way out of all: for development.
   */
  public static single(options: NatGatewayOptions = {}): NatStrategy {
    return new NatStrategy(1, options.elasticIps);
  }

  /** No NAT gateway: private subnets reach nothing outside. For platforms whose machines are all in public subnets. */
  public static none(): NatStrategy {
    return new NatStrategy(0);
  }

  private constructor(
    private readonly gateways: number | undefined,
    /** @internal */
    public readonly _elasticIps?: ElasticIpAttributes[],
  ) {}

  /** @internal */
  public _gatewaysFor(zones: number): number {
    return this.gateways ?? zones;
  }
}

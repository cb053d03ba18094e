/** An Elastic IP address of the account that exists already. */
export interface ElasticIpAttributes {
  /** Its allocation id, such as `eipalloc-0a1b2c3d4e5f60718`. */
  readonly allocationId: string;
  /** The address itself, such as `203.0.113.20`. */
  readonly address: string;
}

/** Options of the NAT strategies that have gateways. */
export interface NatGatewayOptions {
  /**
   * Elastic IP addresses to leave by, in the order of the zones: one per zone, for a single gateway one.
   * @default - new ones are allocated, and kept when the stack is deleted, because partners allow-list them
   */
  readonly elasticIps?: ElasticIpAttributes[];
}

/**
 * How machines in private subnets reach the internet.
 *
 * AWS gives an address to one gateway at a time. So an existing network goes from `regional` to the others, or back, in two
 * deployments with `none` between them, during which private subnets reach nothing; or with other `elasticIps`.
 */
export class NatStrategy {
  /** One NAT gateway in each zone: the loss of a zone takes only its own way out. */
  public static perZone(options: NatGatewayOptions = {}): NatStrategy {
    return new NatStrategy(false, undefined, options.elasticIps);
  }

  /**
   * One NAT gateway, in the first zone. It costs one gateway instead of one per zone, pays for traffic between zones, and the loss
   * of the first zone takes the way out of all: for development.
   */
  public static single(options: NatGatewayOptions = {}): NatStrategy {
    return new NatStrategy(false, 1, options.elasticIps);
  }

  /**
   * One regional NAT gateway: a single route target with an address in each zone of the network, kept apart by AWS. It is billed
   * per zone, as `perZone` is. Zones and addresses are those given here; AWS adds none by itself, so partners know them all.
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
   */
  public static regional(options: NatGatewayOptions = {}): NatStrategy {
    return new NatStrategy(true, undefined, options.elasticIps);
  }

  /** No NAT gateway: private subnets reach nothing outside. For platforms whose machines are all in public subnets. */
  public static none(): NatStrategy {
    return new NatStrategy(false, 0);
  }

  private constructor(
    /** @internal */
    public readonly _regional: boolean,
    private readonly addresses: number | undefined,
    /** @internal */
    public readonly _elasticIps?: ElasticIpAttributes[],
  ) {}

  /**
   * How many Elastic IP addresses it takes.
   * @internal
   */
  public _addressesFor(zones: number): number {
    return this.addresses ?? zones;
  }
}

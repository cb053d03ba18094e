/** Options of `FleetStandby.warmPool`. */
export interface WarmPoolStandbyOptions {
  /**
   * Machines that wait, stopped and prepared; at least one per zone.
   * @default - one per zone
   */
  readonly machines?: number;
  /**
   * Whether machines start from an image of their own that has every program and service on it, instead of Canonical's. They then start in
   * about a minute and need no registry. It is built by the deployment that changes a service, which takes some 20 minutes longer; a
   * build that fails changes nothing. The VPC needs a private subnet with a way out. A snapshot is kept, and costs, meanwhile.
   * @default false
   */
  readonly goldenImage?: boolean;
  /**
   * Machines per zone for which capacity is reserved, 0 to 20, so that a start in that zone cannot fail for lack of it.
   * A reservation costs as much as the running machine, used or not; Savings Plans and reserved instances reduce the price and
   * are bought outside of CloudFormation.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/capacity-reservations-pricing-billing.html
   * @default 0
   */
  readonly reservedPerZone?: number;
}

/** What is ready to take over when machines or a zone are lost. */
export class FleetStandby {
  /** Nothing waits; a lost machine is replaced by a new one in some minutes. */
  public static none(): FleetStandby {
    return new FleetStandby();
  }

  /**
   * Machines that have been started and prepared once, then stopped, and wait. Stopped, they cost their disks only. Each rollout
   * renews them too.
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html
   */
  public static warmPool(options: WarmPoolStandbyOptions = {}): FleetStandby {
    return new FleetStandby(options);
  }

  private constructor(
    /** @internal */
    public readonly _warmPool?: WarmPoolStandbyOptions,
  ) {}
}

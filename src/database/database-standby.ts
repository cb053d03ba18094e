/** What is ready to take over when the database's zone fails. */
export class DatabaseStandby {
  /**
   * One synchronous standby in a second zone. It serves no reads; RDS fails over to it by itself, usually within two minutes,
   * and keeps the endpoint's name. It doubles the price of the instance and its storage.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html
   */
  public static multiAz(): DatabaseStandby {
    return new DatabaseStandby(true);
  }

  /** No standby, for development: the loss of the zone, or a patch of the machine, is an outage. */
  public static none(): DatabaseStandby {
    return new DatabaseStandby(false);
  }

  private constructor(
    /** Whether the database runs in two zones. */
    public readonly acrossZones: boolean,
  ) {}
}

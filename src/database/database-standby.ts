/** What is ready to take over when the database's zone fails. */
export class DatabaseStandby {
  /**
   * One synchronous standby in a second zone. It serves no reads; RDS fails over to it by itself, usually within two minutes,
   * and keeps the endpoint's name. It doubles the price of the instance and its storage.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html
   */
  public static multiAz(): DatabaseStandby {
    return new DatabaseStandby(true, false);
  }

  /**
   * Two standbys in two other zones that also answer reads, at `readerEndpoint`: a Multi-AZ cluster. RDS fails over usually within
   * 35 seconds. It needs isolated subnets in three zones and a class with a disk of its own, such as m6gd; storage does not grow by
   * itself, and there is no audit log. It triples the price of the instance and its storage. Going to or from it replaces the
   * database, so it is chosen before there is data, or with `DatabaseSource`.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.html
   */
  public static readable(): DatabaseStandby {
    return new DatabaseStandby(true, true);
  }

  /** No standby, for development: the loss of the zone, or a patch of the machine, is an outage. */
  public static none(): DatabaseStandby {
    return new DatabaseStandby(false, false);
  }

  private constructor(
    /** Whether the database runs in more than one zone. */
    public readonly acrossZones: boolean,
    /** Whether the standbys answer reads. */
    public readonly servesReads: boolean,
  ) {}
}

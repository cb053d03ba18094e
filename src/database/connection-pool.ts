import type { Duration } from 'aws-cdk-lib';

/** Settings of the RDS Proxy in front of the database. */
export interface RdsProxyOptions {
  /**
   * Share of the database's connections that the proxy may open, 1 to 100 percent. The rest stays for operators and monitoring.
   * @default 90
   */
  readonly maxConnectionsPercent?: number;
  /**
   * Share of the database's connections that the proxy keeps open while idle, 0 percent to `maxConnectionsPercent`.
   * @default 50, or `maxConnectionsPercent` where that is less
   */
  readonly maxIdleConnectionsPercent?: number;
  /**
   * How long a statement waits for a free connection before it fails, 0 to 300 seconds.
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-rds-dbproxytargetgroup-connectionpoolconfigurationinfoformat.html
   * @default Duration.seconds(30)
   */
  readonly borrowTimeout?: Duration;
  /**
   * After how long without a statement a client is disconnected, 1 second to 8 hours.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connections.html
   * @default Duration.minutes(30)
   */
  readonly idleClientTimeout?: Duration;
  /**
   * Statements, separated by semicolons, that the proxy runs on each connection it opens to the database, such as
   * `SET SESSION sql_mode = 'TRADITIONAL'`. Services that set the same in each session would pin their connections instead.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html
   * @default - no statements
   */
  readonly initQuery?: string;
}

/** How services share the database's connections. */
export class ConnectionPool {
  /**
   * An RDS Proxy: many clients share few connections, and clients stay connected while the database fails over. Services connect
   * to it on port 3306, with TLS only.
   */
  public static rdsProxy(options: RdsProxyOptions = {}): ConnectionPool {
    return new ConnectionPool(options);
  }

  /** No pool: services connect to the database itself, on port 33306, and see its failovers as broken connections. */
  public static none(): ConnectionPool {
    return new ConnectionPool(undefined);
  }

  /** @internal */
  public readonly _proxy: RdsProxyOptions | undefined;

  private constructor(proxy: RdsProxyOptions | undefined) {
    this._proxy = proxy;
  }
}

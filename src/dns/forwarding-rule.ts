/** Which questions of the VPC are answered by DNS servers of somebody else. */
export class ForwardingRule {
  /**
   * Questions about one domain and everything below it, such as the office's `corp.example.com`.
   * @param domainName The domain, without a final dot.
   * @param targets IPv4 addresses of the servers that know it, 1 to 6; they are asked over UDP and TCP port 53.
   */
  public static forDomain(domainName: string, targets: string[]): ForwardingRule {
    return new ForwardingRule(domainName, targets, false);
  }

  /**
   * Every question that no private zone and no other rule answers. Mind what it takes away: when these servers fail the
   * VPC resolves no public name, and the names of AWS services then resolve as these servers see them.
   * @param targets IPv4 addresses of the servers, 1 to 6; they are asked over UDP and TCP port 53.
   */
  public static forEverything(targets: string[]): ForwardingRule {
    return new ForwardingRule('.', targets, true);
  }

  private constructor(
    /** The domain that is forwarded, `.` for everything. */
    public readonly domainName: string,
    /** IPv4 addresses of the servers that are asked. */
    public readonly targets: string[],
    /** Whether the rule takes every question. */
    public readonly everything: boolean,
  ) {}
}

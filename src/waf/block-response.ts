/**
 * The body of the answer 403 (429 of rate limits) of the web ACL's own rules: block list, rate limits, rules for people's hosts.
 * Managed groups answer with WAF's own page, which cannot be changed.
 */
export class BlockResponse {
  /** JSON, for APIs and apps. */
  public static json(body: string): BlockResponse {
    return new BlockResponse(body, 'APPLICATION_JSON');
  }

  /** A page for people. */
  public static html(body: string): BlockResponse {
    return new BlockResponse(body, 'TEXT_HTML');
  }

  /** Plain text. */
  public static text(body: string): BlockResponse {
    return new BlockResponse(body, 'TEXT_PLAIN');
  }

  private constructor(
    /** What is sent, up to 4096 bytes. */
    public readonly body: string,
    /** @internal */
    public readonly _contentType: string,
  ) {}
}

/** Which requests a web ACL writes to its log. */
export class LogFilter {
  /** All of them. */
  public static everything(): LogFilter {
    return new LogFilter(false);
  }

  /** Those that a rule blocked or counted. Far fewer, and blind to floods of allowed requests. */
  public static blockedAndCounted(): LogFilter {
    return new LogFilter(true);
  }

  /** @internal */
  public readonly _definition?: object;

  private constructor(
    /** @internal */
    public readonly _dropsAllowed: boolean,
  ) {
    this._definition = _dropsAllowed ? keepOnly('BLOCK', 'COUNT') : undefined;
  }
}

function keepOnly(...actions: string[]): object {
  return {
    DefaultBehavior: 'DROP',
    Filters: [
      {
        Behavior: 'KEEP',
        Requirement: 'MEETS_ANY',
        Conditions: actions.map((Action) => ({ ActionCondition: { Action } })),
      },
    ],
  };
}

/** An offence as the parser is told of it, in JSON. It imports nothing: synth and runtime code share it. */
export interface OffenceSpec {
  readonly kind: OffenceKind;
  readonly threshold: number;
  readonly windowSeconds: number;
  readonly blockSeconds: number;
  /** Host patterns. Without them all hosts but those of charge points count. */
  readonly hosts?: readonly string[];
  /** Without them all paths count. */
  readonly pathPrefixes?: readonly string[];
  /** Of client errors. */
  readonly statusCodes?: readonly number[];
}

export type OffenceKind = typeof BLOCKED_REQUESTS | typeof REQUESTS | typeof CLIENT_ERRORS;

export const BLOCKED_REQUESTS = 'blocked requests';
export const REQUESTS = 'requests';
export const CLIENT_ERRORS = 'client errors';

/** JSON of what each query's rows mean, by the query's id, which is the beginning of its text as a comment. */
export const OFFENDER_QUERIES_ENV = 'OFFENDER_QUERIES';

export interface OffenderQuerySpec {
  readonly kind: string;
  readonly blockSeconds: number;
  readonly lookBackHours: number;
}

/** Whose requests count. */
export interface OffenderQueryGuards {
  readonly directHosts: readonly string[];
  readonly chargePointHosts: readonly string[];
}

/** First line of a query's text, by which its result is known. */
export function queryMark(id: string): string {
  return `-- offenders ${id}`;
}

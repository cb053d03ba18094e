export type Severity = 'HIGH' | 'MEDIUM' | 'LOW';
export const SEVERITIES: readonly string[] = ['HIGH', 'MEDIUM', 'LOW'];

/** What people are told, before it becomes text. */
export interface OperatorMessage {
  readonly severity: Severity;
  /** An alarm began or ended; an event happened. */
  readonly status: 'ALARM' | 'RECOVERED' | 'EVENT';
  /** One sentence without a full stop. */
  readonly what: string;
  readonly where: Where;
  readonly since?: Date;
  /** The figure of an alarm and what it was held against, if CloudWatch gave one. */
  readonly value?: string;
  readonly threshold?: string;
  /** What else is known, by label. */
  readonly facts: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, string>>;
}

export interface Where {
  readonly region: string;
  readonly account: string;
  readonly resource?: string;
}

/** JSON that somebody else wrote. */
// biome-ignore lint/suspicious/noExplicitAny: messages of a dozen services have no common type
export type Json = any;

/** Text of others on one line, without the quotes around it, and not endless. */
export function oneLine(value: unknown, length = 500): string {
  const text = String(value)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^"(.*)"$/, '$1');
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

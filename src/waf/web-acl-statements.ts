import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';

export type Statement = wafv2.CfnWebACL.StatementProperty;

/** A statement and what it costs. @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-match.html */
export interface Priced {
  readonly statement: Statement;
  readonly capacity: number;
}

/** WAF wants two or more under `Or` and `And`; both cost what is below them. */
export function anyOf(...statements: Priced[]): Priced {
  return statements.length === 1
    ? statements[0]
    : { statement: { orStatement: { statements: plain(statements) } }, capacity: sum(statements) };
}

export function allOf(...statements: Priced[]): Priced {
  return statements.length === 1
    ? statements[0]
    : { statement: { andStatement: { statements: plain(statements) } }, capacity: sum(statements) };
}

export function not({ statement, capacity }: Priced): Priced {
  return { statement: { notStatement: { statement } }, capacity };
}

export function hasLabel(key: string): Priced {
  return { statement: { labelMatchStatement: { scope: 'LABEL', key } }, capacity: 1 };
}

export function fromAddressIn(set: wafv2.CfnIPSet): Priced {
  return { statement: { ipSetReferenceStatement: { arn: set.attrArn } }, capacity: 1 };
}

/** Whose clients are machines. */
export interface MachineHosts {
  readonly chargePointHosts: readonly string[];
  readonly partnerHosts: readonly string[];
}

/** Conditions, none where there are no hosts. */
export function hostIsOneOf(hosts: readonly string[]): Priced[] {
  return hosts.length > 0 ? [anyOf(...hosts.map(hostIs))] : [];
}

export function hostIsNoneOf(hosts: readonly string[]): Priced[] {
  return hostIsOneOf(hosts).map(not);
}

/**
 * A host name, with a port or without, or many by one `*` at the beginning or the end. Letters compare exactly: clients send names
 * in lower case.
 */
function hostIs(pattern: string): Priced {
  const host = { singleHeader: { Name: 'host' } };
  if (pattern.endsWith('*')) {
    return matches(host, pattern.slice(0, -1), 'STARTS_WITH');
  }
  return pattern.startsWith('*')
    ? matches(host, pattern.slice(1), 'ENDS_WITH')
    : anyOf(matches(host, pattern, 'EXACTLY'), matches(host, `${pattern}:`, 'STARTS_WITH'));
}

export function pathStartsWith(prefix: string): Priced {
  return matches({ uriPath: {} }, prefix, 'STARTS_WITH');
}

function matches(fieldToMatch: object, searchString: string, positionalConstraint: string): Priced {
  return {
    statement: {
      byteMatchStatement: {
        fieldToMatch,
        searchString,
        positionalConstraint,
        textTransformations: [{ priority: 0, type: 'NONE' }],
      },
    },
    capacity: 2,
  };
}

function plain(statements: readonly Priced[]): Statement[] {
  return statements.map(({ statement }) => statement);
}

function sum(statements: readonly Priced[]): number {
  return statements.reduce((total, { capacity }) => total + capacity, 0);
}

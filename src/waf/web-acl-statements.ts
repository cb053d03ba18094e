import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';

export type Statement = wafv2.CfnWebACL.StatementProperty;

/** WAF wants two or more under `Or` and `And`. */
export function anyOf(...statements: Statement[]): Statement {
  return statements.length === 1 ? statements[0] : { orStatement: { statements } };
}

export function allOf(...statements: Statement[]): Statement {
  return statements.length === 1 ? statements[0] : { andStatement: { statements } };
}

export function not(statement: Statement): Statement {
  return { notStatement: { statement } };
}

export function hasLabel(key: string): Statement {
  return { labelMatchStatement: { scope: 'LABEL', key } };
}

export function fromAddressIn(set: wafv2.CfnIPSet): Statement {
  return { ipSetReferenceStatement: { arn: set.attrArn } };
}

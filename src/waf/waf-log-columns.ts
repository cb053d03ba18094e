import type * as glue from 'aws-cdk-lib/aws-glue';

const strings = 'array<string>';
const matchDetails = list(
  struct({
    conditiontype: 'string',
    sensitivitylevel: 'string',
    location: 'string',
    matcheddata: strings,
    matchedfieldname: 'string',
  }),
);
const puzzle = struct({ responsecode: 'string', solvetimestamp: 'string', failurereason: 'string' });
const nonTerminating = list(
  struct({
    ruleid: 'string',
    action: 'string',
    overriddenaction: 'string',
    rulematchdetails: matchDetails,
    challengeresponse: puzzle,
    captcharesponse: puzzle,
  }),
);
const pairs = list(struct({ name: 'string', value: 'string' }));

/**
 * The record of a web ACL's log, in the types by which Firehose writes Parquet and Athena reads it.
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
 */
const COLUMNS: Record<string, string> = {
  timestamp: 'bigint',
  formatversion: 'int',
  webaclid: 'string',
  terminatingruleid: 'string',
  terminatingruletype: 'string',
  action: 'string',
  terminatingrulematchdetails: matchDetails,
  httpsourcename: 'string',
  httpsourceid: 'string',
  rulegrouplist: list(
    struct({
      rulegroupid: 'string',
      terminatingrule: struct({ ruleid: 'string', action: 'string', rulematchdetails: matchDetails }),
      nonterminatingmatchingrules: nonTerminating,
      excludedrules: list(struct({ exclusiontype: 'string', ruleid: 'string' })),
      customerconfig: 'string',
    }),
  ),
  ratebasedrulelist: list(
    struct({
      ratebasedruleid: 'string',
      ratebasedrulename: 'string',
      limitkey: 'string',
      maxrateallowed: 'int',
      evaluationwindowsec: 'string',
      customvalues: list(struct({ key: 'string', name: 'string', value: 'string' })),
    }),
  ),
  nonterminatingmatchingrules: nonTerminating,
  requestheadersinserted: pairs,
  responsecodesent: 'string',
  httprequest: struct({
    clientip: 'string',
    country: 'string',
    headers: pairs,
    uri: 'string',
    args: 'string',
    httpversion: 'string',
    httpmethod: 'string',
    requestid: 'string',
    fragment: 'string',
    scheme: 'string',
    host: 'string',
  }),
  labels: list(struct({ name: 'string' })),
  captcharesponse: puzzle,
  challengeresponse: puzzle,
  ja3fingerprint: 'string',
  ja4fingerprint: 'string',
  oversizefields: strings,
  requestbodysize: 'int',
  requestbodysizeinspectedbywaf: 'int',
};

export const WAF_LOG_COLUMNS: glue.CfnTable.ColumnProperty[] = Object.entries(COLUMNS).map(([name, type]) => ({
  name,
  type,
}));

function list(element: string): string {
  return `array<${element}>`;
}

function struct(fields: Record<string, string>): string {
  return `struct<${Object.entries(fields)
    .map(([name, type]) => `${name}:${type}`)
    .join(',')}>`;
}

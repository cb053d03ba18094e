import {
  ENTRY_REQUEST,
  MOST_ENTRIES_PER_PAGE,
  OPERATIONS,
  type Operation,
  type QueryParameter,
  REASON_PATTERN,
} from './entry-api-model';

const FAILURES: Record<number, string> = {
  400: 'The request says something that it may not; the message names it',
  403: 'Not signed, or signed by somebody without the permission',
  404: 'There is no such entry',
  409: 'Would block what is never blocked or too much of the internet, or would remove what a feed brings back',
  413: 'The body is too long',
  429: 'Too many requests',
};

const TIME = { type: 'string', format: 'date-time' };
const CIDR = { type: 'string', description: 'Canonical CIDR', example: '203.0.113.7/32' };
const LIST = { type: 'string', enum: ['ALLOW', 'BLOCK', 'NEVER_BLOCK'] };
const ENTRIES = { type: 'array', items: reference('Entry') };

const SCHEMAS = {
  EntryRequest: {
    ...ENTRY_REQUEST,
    properties: {
      ...ENTRY_REQUEST.properties,
      reason: { ...ENTRY_REQUEST.properties.reason, pattern: REASON_PATTERN, description: 'Why, in one line' },
    },
  },
  Entry: {
    type: 'object',
    required: ['cidr', 'source', 'list', 'reason', 'actor', 'createdAt'],
    properties: {
      cidr: CIDR,
      source: { type: 'string', description: 'Where it came from: `manual`, `feed:<name>` or `offender:<name>`' },
      list: LIST,
      reason: { type: 'string' },
      actor: { type: 'string', description: 'ARN of the caller, or the part of the platform that wrote it' },
      createdAt: TIME,
      expiresAt: TIME,
      count: { type: 'integer', description: 'How often an offender offended' },
    },
  },
  EntryPage: {
    type: 'object',
    required: ['entries'],
    properties: {
      entries: { ...ENTRIES, maxItems: MOST_ENTRIES_PER_PAGE },
      next: { type: 'string', description: 'Ask again with it for the next page; the last page has none' },
    },
  },
  EntriesOfNetwork: { type: 'object', required: ['cidr', 'entries'], properties: { cidr: CIDR, entries: ENTRIES } },
  Explanation: {
    type: 'object',
    required: ['address', 'verdict', 'decidedBy', 'overruled'],
    properties: {
      address: CIDR,
      verdict: { type: 'string', enum: ['ALLOW', 'BLOCK', 'NEVER_BLOCK', 'NONE'] },
      until: { ...TIME, description: 'When the last deciding entry ends; missing if one has no end' },
      decidedBy: ENTRIES,
      overruled: { ...ENTRIES, description: 'Entries of the same address that do not count' },
      neverBlocked: { ...CIDR, description: 'Network of the platform itself, which is never blocked' },
    },
  },
  PutAnswer: {
    type: 'object',
    required: ['entry'],
    properties: { entry: reference('Entry'), replaced: reference('Entry') },
  },
  RemoveAnswer: {
    type: 'object',
    required: ['cidr', 'removed', 'kept'],
    properties: { cidr: CIDR, removed: ENTRIES, kept: ENTRIES, message: { type: 'string' } },
  },
  Problem: { type: 'object', required: ['message'], properties: { message: { type: 'string' } } },
};

/** The manual API as OpenAPI 3.0 describes it, made of the same operations as the API itself. */
export function describeEntryApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.0.3',
    info: {
      title: 'IP access',
      version: 'v1',
      description: 'Allows and blocks addresses by hand. Requests are signed with IAM credentials for `execute-api`.',
    },
    servers: [
      {
        url: 'https://{api}.execute-api.{region}.amazonaws.com/v1',
        variables: { api: { default: 'api-id' }, region: { default: 'eu-south-2' } },
      },
    ],
    security: [{ iam: [] }],
    paths,
    components: {
      securitySchemes: {
        iam: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'AWS Signature Version 4',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
      schemas: SCHEMAS,
    },
  };
}

function describe(operation: Operation): object {
  return {
    operationId: operation.id,
    summary: operation.summary,
    parameters: [...operation.path.matchAll(/{(\w+)}/g)]
      .map(([, name]) => PATH[name])
      .concat(operation.query.map(inQuery)),
    ...(operation.hasBody
      ? { requestBody: { required: true, content: { 'application/json': { schema: reference('EntryRequest') } } } }
      : {}),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: reference(operation.answer) } } },
      ...Object.fromEntries([...operation.failures, 403, 429].map((status) => [status, failure(status)])),
    },
  };
}

const PATH: Record<string, object> = {
  address: inPath(
    'address',
    { type: 'string', maxLength: 45 },
    'First address of the network; hyphens may stand for the colons of IPv6',
  ),
  prefix: inPath(
    'prefix',
    { type: 'integer', minimum: 1, maximum: 128 },
    'Bits of the network; 32 or 128 is one address',
  ),
};

function inPath(name: string, schema: object, description: string): object {
  return { name, in: 'path', required: true, description, schema };
}

function inQuery({ name, description, required, schema }: QueryParameter): object {
  return { name, in: 'query', required, description, schema };
}

function failure(status: number): object {
  return { description: FAILURES[status], content: { 'application/json': { schema: reference('Problem') } } };
}

function reference(schema: string): object {
  return { $ref: `#/components/schemas/${schema}` };
}

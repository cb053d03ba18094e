/**
 * What the manual API can do, said once: API Gateway's methods, the permissions of callers, the handler's dispatch and the
 * OpenAPI description are all made of it. It imports nothing, so that synth and runtime code share it.
 */
export interface Operation {
  readonly id: string;
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly access: 'read' | 'write';
  readonly summary: string;
  readonly query: readonly QueryParameter[];
  readonly hasBody: boolean;
  /** Name of the schema of its answer. */
  readonly answer: string;
  /** Statuses besides 200, 403 and 429. */
  readonly failures: readonly number[];
}

export interface QueryParameter {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly schema: object;
}

/** Ten years: an entry without an end is one that nobody remembers. */
export const LONGEST_ENTRY_HOURS = 87_600;
/** One line without control characters and without what could be markup where people read it. */
export const REASON_PATTERN = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029<>]{3,200}$';
/** A request says three things; a longer body is none of ours. */
export const LONGEST_BODY = 4_096;
export const ENTRIES_PER_PAGE = 100;
export const MOST_ENTRIES_PER_PAGE = 500;

const ENTRY = '/entries/{address}/{prefix}';

export const OPERATIONS: readonly Operation[] = [
  {
    id: 'listEntries',
    method: 'GET',
    path: '/entries',
    access: 'read',
    summary: 'Lists entries in force, page by page, in no order',
    query: [
      {
        name: 'list',
        description: 'Only entries of this list',
        required: false,
        schema: { type: 'string', enum: ['ALLOW', 'BLOCK', 'NEVER_BLOCK'] },
      },
      {
        name: 'source',
        description: 'Only entries of this source: `manual`, or a beginning such as `feed:` or `offender:`',
        required: false,
        schema: { type: 'string', maxLength: 100 },
      },
      {
        name: 'limit',
        description: 'Most entries of one page',
        required: false,
        schema: { type: 'integer', minimum: 1, maximum: MOST_ENTRIES_PER_PAGE, default: ENTRIES_PER_PAGE },
      },
      {
        name: 'next',
        description: 'Where the page before ended, as it said',
        required: false,
        schema: { type: 'string', maxLength: 500 },
      },
    ],
    hasBody: false,
    answer: 'EntryPage',
    failures: [400],
  },
  {
    id: 'explainAddress',
    method: 'GET',
    path: '/explanation',
    access: 'read',
    summary: 'Tells what becomes of an address, by which entries and until when',
    query: [
      {
        name: 'address',
        description: 'IPv4 or IPv6 address or CIDR; hyphens may stand for colons',
        required: true,
        schema: { type: 'string', maxLength: 50 },
      },
    ],
    hasBody: false,
    answer: 'Explanation',
    failures: [400],
  },
  {
    id: 'showEntries',
    method: 'GET',
    path: ENTRY,
    access: 'read',
    summary: 'Shows the entries of one network, one per source',
    query: [],
    hasBody: false,
    answer: 'EntriesOfNetwork',
    failures: [400, 404],
  },
  {
    id: 'putEntry',
    method: 'PUT',
    path: ENTRY,
    access: 'write',
    summary: 'Allows or blocks a network until an hour; replaces the entry by hand of the same network',
    query: [],
    hasBody: true,
    answer: 'PutAnswer',
    failures: [400, 409, 413],
  },
  {
    id: 'removeEntries',
    method: 'DELETE',
    path: ENTRY,
    access: 'write',
    summary: 'Removes the entries of one network, but those of feeds, which would come back',
    query: [],
    hasBody: false,
    answer: 'RemoveAnswer',
    failures: [400, 404, 409],
  },
];

/** What a PUT says, in the draft 4 of JSON Schema that API Gateway's models speak. */
export const ENTRY_REQUEST = {
  type: 'object',
  additionalProperties: false,
  required: ['list', 'reason', 'expiresInHours'],
  properties: {
    list: { type: 'string', enum: ['ALLOW', 'BLOCK'] },
    reason: { type: 'string', minLength: 3, maxLength: 200 },
    expiresInHours: { type: 'integer', minimum: 1, maximum: LONGEST_ENTRY_HOURS },
  },
} as const;

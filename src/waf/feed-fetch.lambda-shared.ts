import { lookup as resolve } from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { parseNetworks } from './entries.lambda-shared';
import { overlaps, parseNetwork } from './ip-ranges';
import { RESERVED_NETWORKS } from './ip-reserved';

/** How far the function that fetches feeds may be led by an address in its configuration or a redirect. */
export interface FetchPolicy {
  readonly protocols: readonly string[];
  isAllowed(address: string): boolean;
  /** Of the whole transfer, redirects included. */
  readonly timeoutMs: number;
  readonly maximumBytes: number;
  readonly maximumRedirects: number;
}

const RESERVED = parseNetworks(RESERVED_NETWORKS);
const REDIRECTS = [301, 302, 303, 307, 308];

/** HTTPS to public addresses only: a feed must not become a way into what only we can reach. */
export const PUBLIC_HTTPS: FetchPolicy = {
  protocols: ['https:'],
  isAllowed: (address) => {
    const network = parseNetwork(address);
    return network !== undefined && !RESERVED.some((reserved) => overlaps(reserved, network));
  },
  timeoutMs: 60_000,
  maximumBytes: 32 * 1024 * 1024,
  maximumRedirects: 3,
};

/** What a server said of the version of a document that it sent. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export interface FetchedDocument extends Validators {
  /** The document, as it arrives; none if it is still the version that the caller knows. */
  readonly body?: AsyncGenerator<Uint8Array>;
}

/** Asks for a document, or only for a version other than the known one. */
export async function fetchDocument(
  address: string,
  known: Validators = {},
  policy: FetchPolicy = PUBLIC_HTTPS,
): Promise<FetchedDocument> {
  const signal = AbortSignal.timeout(policy.timeoutMs);
  let url = new URL(address);
  for (let redirects = 0; ; redirects++) {
    const response = await get(url, known, policy, signal);
    const status = response.statusCode ?? 0;
    const { location, etag, 'last-modified': lastModified } = response.headers;
    if (!REDIRECTS.includes(status) || location === undefined) {
      const isKnown = status === 304 && (known.etag ?? known.lastModified) !== undefined;
      return isKnown ? forget(response, known) : { body: openBody(response, status, policy), etag, lastModified };
    }
    response.destroy();
    if (redirects >= policy.maximumRedirects) {
      throw new Error(`more than ${policy.maximumRedirects} redirects`);
    }
    url = new URL(location, url);
  }
}

function forget(response: http.IncomingMessage, known: Validators): FetchedDocument {
  response.destroy();
  return { etag: known.etag, lastModified: known.lastModified };
}

async function get(
  url: URL,
  known: Validators,
  policy: FetchPolicy,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  if (!policy.protocols.includes(url.protocol)) {
    throw new Error(`${url.protocol} is not among the allowed protocols ${policy.protocols.join(' ')}`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) && !policy.isAllowed(host)) {
    throw new Error(`${host} is not a public address`);
  }
  const client = url.protocol === 'https:' ? https : http;
  return new Promise((done, fail) => {
    const request = client.get(
      url,
      // An agent of its own: a connection of another host's request is never reused.
      {
        agent: false,
        signal,
        lookup: checkedLookup(policy),
        headers: {
          'user-agent': 'ip-feed',
          'accept-encoding': 'identity',
          ...(known.etag ? { 'if-none-match': known.etag } : {}),
          ...(known.lastModified ? { 'if-modified-since': known.lastModified } : {}),
        },
      },
      done,
    );
    request.on('error', fail);
  });
}

/** Checks the addresses that the connection will use, so that a name cannot answer twice in different ways. */
function checkedLookup(policy: FetchPolicy): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const refused = addresses?.find(({ address }) => !policy.isAllowed(address));
      if (error || refused || addresses.length === 0) {
        callback(
          error ?? new Error(`${hostname} is at ${refused?.address ?? 'no address'}, which is not public`),
          '',
          4,
        );
      } else if (options.all) {
        callback(null, addresses);
      } else {
        callback(null, addresses[0].address, addresses[0].family);
      }
    });
  };
}

function openBody(response: http.IncomingMessage, status: number, policy: FetchPolicy): AsyncGenerator<Uint8Array> {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (status === 200 && encoding === 'identity') {
    return bodyOf(response, policy);
  }
  response.destroy();
  throw new Error(
    status === 200 ? `the server compressed the answer unasked: ${encoding}` : `the server answered ${status}`,
  );
}

async function* bodyOf(response: http.IncomingMessage, policy: FetchPolicy): AsyncGenerator<Uint8Array> {
  try {
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > policy.maximumBytes) {
        throw new Error(`the answer is longer than ${policy.maximumBytes} bytes`);
      }
      yield chunk;
    }
  } finally {
    response.destroy();
  }
}

import type { UnsuppressRequest } from './audit.lambda-shared';

const LONGEST = 200;

/** Reads what an operator sent; the error says what to write instead. */
export function readUnsuppressRequest(event: unknown): UnsuppressRequest {
  const { address, actor, reason } = (event ?? {}) as Record<string, unknown>;
  if (typeof address !== 'string' || !/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(address)) {
    throw new Error("'address' must be a mail address such as driver@example.com");
  }
  return { address, actor: wordsOf('actor', actor), reason: wordsOf('reason', reason) };
}

function wordsOf(name: string, value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > LONGEST) {
    throw new Error(`'${name}' must be 1 to ${LONGEST} characters: an address is released by somebody, for a reason`);
  }
  return value.trim();
}

const FIRST_SECONDS = 30;
const LONGEST_SECONDS = 900;
/** What a webhook may ask for; SQS hides a message for 12 hours at most. */
const LONGEST_ASKED_SECONDS = 3600;

/**
 * Seconds until a message is tried again: what the webhook asked for, else twice as long as the last time, spread so that a
 * storm of messages does not come back as one.
 */
export function secondsUntilRetry(attempt: number, asked?: number, random: number = Math.random()): number {
  if (asked !== undefined) {
    return Math.min(Math.max(asked, 1), LONGEST_ASKED_SECONDS);
  }
  const longest = Math.min(FIRST_SECONDS * 2 ** (attempt - 1), LONGEST_SECONDS);
  return Math.ceil(longest * (0.5 + random / 2));
}

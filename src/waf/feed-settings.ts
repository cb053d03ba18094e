import type { EntryList } from './entries';

export type FeedFormat = 'PLAIN' | 'JSON_LINES';

/** What the feed function is told of a feed: the input of its schedule. */
export interface FeedSettings {
  readonly name: string;
  readonly url: string;
  readonly format: FeedFormat;
  /** Member that holds the address, of JSON lines. */
  readonly field?: string;
  readonly list: EntryList;
  readonly minimumEntries: number;
  readonly maximumEntries: number;
  readonly allowedShrinkPercent: number;
  readonly maximumAgeSeconds: number;
}

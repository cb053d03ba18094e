export type FeedFormat = 'LINES' | 'JSON_LINES' | 'JSON' | 'AWS_IP_RANGES';

/** What the feed function is told of a feed: the input of its schedule. */
export interface FeedSettings {
  readonly name: string;
  readonly url: string;
  readonly format: FeedFormat;
  /** Where the array of networks stands in a JSON document, as RFC 6901 writes it. */
  readonly pointer?: string;
  /** Member that holds the address, of JSON lines and of objects in the array. */
  readonly field?: string;
  /** Services of AWS whose ranges are taken. */
  readonly services?: string[];
  readonly list: 'ALLOW' | 'BLOCK' | 'NEVER_BLOCK';
  readonly minimumEntries: number;
  readonly maximumEntries: number;
  readonly allowedShrinkPercent: number;
  readonly maximumAgeSeconds: number;
}

import { Duration, TimeZone, Token } from 'aws-cdk-lib';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { FeedFormat, FeedSettings } from './feed-settings';
import { IpAccessList } from './ip-access-list';
import { IP_SET_CAPACITY } from './ip-constants';

/** How a feed is fetched, and what its list must look like to be believed. */
export interface IpFeedOptions {
  /** Where the list is, by HTTPS. Redirects are followed three times; addresses that are not public are refused. */
  readonly url: string;
  /**
   * List that the networks go on.
   * @default IpAccessList.BLOCK
   */
  readonly list?: IpAccessList;
  /**
   * When the list is fetched; up to 15 minutes later, to spread the load on its server.
   * @default - every day at 05:17 in the zone Europe/Madrid
   */
  readonly schedule?: scheduler.ScheduleExpression;
  /**
   * Fewest networks that are believed, 1 or more. With fewer, the last good list stays.
   * @default 1
   */
  readonly minimumEntries?: number;
  /**
   * Most networks that are believed, up to 10000, which is what one IP set holds.
   * @see https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
   * @default 10000
   */
  readonly maximumEntries?: number;
  /**
   * By how many percent the list may shrink from one run to the next, 0 to 100. If it shrinks more, the last good list stays.
   * @default 50
   */
  readonly allowedShrinkPercent?: number;
  /**
   * How long the last good list is used when no new one comes, 1 hour to 90 days. The alarm fires at half of it.
   * @default Duration.days(7)
   */
  readonly maximumAge?: Duration;
}

/** How a feed of JSON lines is fetched and read. */
export interface IpJsonFeedOptions extends IpFeedOptions {
  /** Member of each line's object that holds the address or CIDR. Objects without it are passed over. */
  readonly field: string;
}

/** A list of networks that somebody publishes, fetched on a schedule. */
export class IpFeed {
  /**
   * Networks that are hijacked or leased by criminals, IPv4. Free of charge, with credit to the Spamhaus Project; not to be
   * fetched more than once an hour.
   * @see https://www.spamhaus.org/blocklists/do-not-route-or-peer/
   */
  public static spamhausDrop(): IpFeed {
    return IpFeed.spamhaus('spamhaus-drop', 'https://www.spamhaus.org/drop/drop_v4.json', 500);
  }

  /**
   * The IPv6 networks of the same list, of use where CloudFront serves IPv6.
   * @see https://www.spamhaus.org/blocklists/do-not-route-or-peer/
   */
  public static spamhausDropIpv6(): IpFeed {
    return IpFeed.spamhaus('spamhaus-drop-ipv6', 'https://www.spamhaus.org/drop/drop_v6.json', 20);
  }

  /**
   * One address or CIDR per line; what follows a blank, `#` or `;` is comment.
   *
   * @param name lower case letters, digits and hyphens, up to 40; it is the source of the feed's entries
   */
  public static plain(name: string, options: IpFeedOptions): IpFeed {
    return new IpFeed(name, options, 'PLAIN');
  }

  /**
   * One JSON object per line.
   *
   * @param name lower case letters, digits and hyphens, up to 40; it is the source of the feed's entries
   */
  public static jsonLines(name: string, options: IpJsonFeedOptions): IpFeed {
    return new IpFeed(name, options, 'JSON_LINES', options.field);
  }

  private static spamhaus(name: string, url: string, minimumEntries: number): IpFeed {
    return IpFeed.jsonLines(name, { url, field: 'cidr', minimumEntries });
  }

  /** When the list is fetched. */
  public readonly schedule: scheduler.ScheduleExpression;
  /** How long the last good list is used when no new one comes. */
  public readonly maximumAge: Duration;
  private readonly settings: FeedSettings;

  private constructor(
    /** Name of the feed. */
    public readonly name: string,
    options: IpFeedOptions,
    format: FeedFormat,
    field?: string,
  ) {
    this.maximumAge = options.maximumAge ?? Duration.days(7);
    this.schedule =
      options.schedule ??
      scheduler.ScheduleExpression.cron({ minute: '17', hour: '5', timeZone: TimeZone.EUROPE_MADRID });
    this.settings = {
      name,
      url: options.url,
      format,
      field,
      list: options.list ?? IpAccessList.BLOCK,
      minimumEntries: options.minimumEntries ?? 1,
      maximumEntries: options.maximumEntries ?? IP_SET_CAPACITY,
      allowedShrinkPercent: options.allowedShrinkPercent ?? 50,
      maximumAgeSeconds: this.maximumAge.toSeconds(),
    };
    validateName(name);
    validateUrl(this.settings);
    validateField(this.settings);
    validateEntries(this.settings);
    validateShrink(this.settings);
    validateAge(name, this.maximumAge);
  }

  /** @internal */
  public _settings(): FeedSettings {
    return this.settings;
  }
}

function validateName(name: string): void {
  if (!/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) {
    throw new Error(`the name of a feed must be 1 to 40 lower case letters, digits and inner hyphens, got '${name}'`);
  }
}

function validateUrl({ name, url }: FeedSettings): void {
  if (!Token.isUnresolved(url) && !/^https:\/\/[^/?#@]+\.[^/?#@]+([/?#]|$)/.test(url)) {
    throw refused(name, `'url' must be an https address of a public host without credentials, got '${url}'`);
  }
}

function validateField({ name, format, field }: FeedSettings): void {
  if (format === 'JSON_LINES' && !field) {
    throw refused(name, "'field' must name a member of each line's object, got ''");
  }
}

function validateEntries({ name, minimumEntries: least, maximumEntries: most }: FeedSettings): void {
  const whole = Number.isInteger(least) && Number.isInteger(most);
  if (!whole || least < 1 || most > IP_SET_CAPACITY || least > most) {
    throw refused(
      name,
      `'minimumEntries' and 'maximumEntries' must be whole numbers in order between 1 and ${IP_SET_CAPACITY}, got ${least} and ${most}`,
    );
  }
}

function validateShrink({ name, allowedShrinkPercent: percent }: FeedSettings): void {
  if (!(percent >= 0 && percent <= 100)) {
    throw refused(name, `'allowedShrinkPercent' must be 0 to 100, got ${percent}`);
  }
}

function validateAge(name: string, age: Duration): void {
  const hours = age.toHours({ integral: false });
  if (hours < 1 || hours > 90 * 24) {
    throw refused(name, `'maximumAge' must be 1 hour to 90 days, got ${age.toHumanString()}`);
  }
}

function refused(name: string, message: string): Error {
  return new Error(`[feed ${name}] ${message}`);
}

import { Duration, TimeZone, Token } from 'aws-cdk-lib';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { FeedFormat, FeedSettings } from './feed-settings';
import { IpAccessList } from './ip-access-list';
import { IP_SET_CAPACITY } from './ip-constants';

/** When a feed is fetched, and what its list must look like to be believed. */
export interface IpFeedCommonOptions {
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

/** Where a feed is, when it is fetched, and what its list must look like to be believed. */
export interface IpFeedOptions extends IpFeedCommonOptions {
  /** Where the list is, by HTTPS. Redirects are followed three times; addresses that are not public are refused. */
  readonly url: string;
}

/** How a feed of JSON lines is fetched and read. */
export interface IpJsonFeedOptions extends IpFeedOptions {
  /** Member of each line's object that holds the address or CIDR. Objects without it are passed over. */
  readonly field: string;
}

/** How a feed that is one JSON document is fetched and read. */
export interface IpJsonDocumentFeedOptions extends IpFeedOptions {
  /**
   * Where in the document the array of networks stands, e.g. `/data/addresses`.
   * @see https://www.rfc-editor.org/rfc/rfc6901
   * @default - the document itself is the array
   */
  readonly pointer?: string;
  /**
   * Member that holds the address or CIDR, where the array's elements are objects.
   * @default - the elements are the addresses
   */
  readonly field?: string;
}

/** How AWS's own list of its ranges is fetched and read. */
export interface AwsIpRangesFeedOptions extends IpFeedCommonOptions {
  /** Services as AWS's list calls them, e.g. `EC2` or `ROUTE53_HEALTHCHECKS`. */
  readonly services: string[];
}

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html */
const AWS_IP_RANGES = 'https://ip-ranges.amazonaws.com/ip-ranges.json';

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
   * Machines by which users of Tor reach the internet. Some of them are drivers who value their privacy.
   * @see https://check.torproject.org/torbulkexitlist
   */
  public static torExitNodes(): IpFeed {
    return IpFeed.plain('tor-exits', { url: 'https://check.torproject.org/torbulkexitlist', minimumEntries: 100 });
  }

  /**
   * Addresses that Emerging Threats saw attacking or controlling botnets, Spamhaus' and DShield's lists among them.
   * @see https://rules.emergingthreats.net/fwrules/
   */
  public static emergingThreats(): IpFeed {
    const url = 'https://rules.emergingthreats.net/fwrules/emerging-Block-IPs.txt';
    return IpFeed.plain('emerging-threats', { url, minimumEntries: 100 });
  }

  /**
   * CloudFront's ranges, of which none is ever blocked: behind one stands every visitor of a location. Each `WafIpAccess` has
   * this feed already. It runs at once after a deployment and then every day.
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html
   */
  public static cloudFrontRanges(): IpFeed {
    return IpFeed.awsIpRanges('cloudfront', {
      services: ['CLOUDFRONT', 'CLOUDFRONT_ORIGIN_FACING'],
      list: IpAccessList.NEVER_BLOCK,
      minimumEntries: 20,
      schedule: scheduler.ScheduleExpression.rate(Duration.days(1)),
    });
  }

  /**
   * One address or CIDR per line; what follows a blank, `#` or `;` is comment.
   *
   * @param name lower case letters, digits and hyphens, up to 40; it is the source of the feed's entries
   */
  public static plain(name: string, options: IpFeedOptions): IpFeed {
    return new IpFeed(name, options, 'LINES');
  }

  /**
   * One JSON object per line.
   *
   * @param name lower case letters, digits and hyphens, up to 40; it is the source of the feed's entries
   */
  public static jsonLines(name: string, options: IpJsonFeedOptions): IpFeed {
    return new IpFeed(name, options, 'JSON_LINES', { field: options.field });
  }

  /**
   * One JSON document of up to 16 MiB with an array of networks in it.
   *
   * @param name lower case letters, digits and hyphens, up to 40; it is the source of the feed's entries
   */
  public static json(name: string, options: IpJsonDocumentFeedOptions): IpFeed {
    const { pointer, field } = options;
    return new IpFeed(name, options, 'JSON', { pointer, field });
  }

  /**
   * Ranges of services of AWS, from AWS's own list.
   *
   * @param name lower case letters, digits and hyphens, up to 40; it is the source of the feed's entries
   */
  public static awsIpRanges(name: string, options: AwsIpRangesFeedOptions): IpFeed {
    return new IpFeed(name, { ...options, url: AWS_IP_RANGES }, 'AWS_IP_RANGES', { services: options.services });
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
    where: Pick<FeedSettings, 'pointer' | 'field' | 'services'> = {},
  ) {
    this.maximumAge = options.maximumAge ?? Duration.days(7);
    this.schedule =
      options.schedule ??
      scheduler.ScheduleExpression.cron({ minute: '17', hour: '5', timeZone: TimeZone.EUROPE_MADRID });
    this.settings = {
      name,
      url: options.url,
      format,
      ...where,
      list: options.list ?? IpAccessList.BLOCK,
      minimumEntries: options.minimumEntries ?? 1,
      maximumEntries: options.maximumEntries ?? IP_SET_CAPACITY,
      allowedShrinkPercent: options.allowedShrinkPercent ?? 50,
      maximumAgeSeconds: this.maximumAge.toSeconds(),
    };
    validateName(name);
    validateUrl(this.settings);
    validateWhere(this.settings);
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

function validateWhere({ name, format, pointer, field, services }: FeedSettings): void {
  if (format === 'JSON_LINES' && !field) {
    throw refused(name, "'field' must name a member of each line's object, got ''");
  }
  if (pointer !== undefined && !/^(\/([^~/]|~[01])*)*$/.test(pointer)) {
    throw refused(name, `'pointer' must be empty or begin with '/', as RFC 6901 writes it, got '${pointer}'`);
  }
  if (services?.length === 0) {
    throw refused(name, "'services' must name at least one service of AWS, got []");
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

/** Why SES keeps an address on the suppression list. */
export type SuppressionReason = 'BOUNCE' | 'COMPLAINT';

/** What happened to one recipient of one mail. */
export interface MailIncident {
  readonly address: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** SES's own word: `Bounce`, `Complaint` … */
  readonly event: string;
  /** SES's own words: `Permanent/General`. */
  readonly reason: string;
  /** What the other side said. */
  readonly diagnostic?: string;
  readonly messageId: string;
  /** Present where the address must get no more mail. */
  readonly suppress?: SuppressionReason;
}

export type ParsedEvent = { readonly incidents: MailIncident[] } | { readonly problem: string };

// biome-ignore lint/suspicious/noExplicitAny: JSON of SES, read with a fallback for each member
type Json = any;

/** SES says this once, in plain words, when it is told of the topic. */
const GREETING = 'Successfully validated SNS topic';
const LONGEST_DIAGNOSTIC = 1000;

/** One reader per event type that means trouble; the others tell of mail that went well. */
const READERS: Record<string, (event: Json, common: Common) => MailIncident[]> = {
  Bounce: bounced,
  Complaint: complained,
  DeliveryDelay: delayed,
  Reject: (event, common) => everybody(event, common, event.reject?.reason),
  'Rendering Failure': (event, common) => everybody(event, common, 'Template', event.failure?.errorMessage),
};
const HARMLESS = ['Send', 'Delivery', 'Open', 'Click', 'Subscription'];

interface Common {
  readonly event: string;
  readonly at: string;
  readonly messageId: string;
}

/**
 * Reads an event as SES publishes it to SNS.
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export function parseMailEvent(text: string): ParsedEvent {
  if (text.startsWith(GREETING)) {
    return { incidents: [] };
  }
  const event = fromJson(text);
  const type: unknown = event?.eventType;
  if (typeof type !== 'string') {
    return { problem: 'the message is no event of SES' };
  }
  if (HARMLESS.includes(type)) {
    return { incidents: [] };
  }
  const read = READERS[type];
  if (!read) {
    return { problem: `the event type '${type}' is unknown` };
  }
  const { messageId, timestamp } = event.mail ?? {};
  if (typeof messageId !== 'string' || Number.isNaN(Date.parse(timestamp))) {
    return { problem: `the event of type '${type}' names no mail` };
  }
  const incidents = read(event, { event: type, at: iso(timestamp), messageId });
  return incidents.every(({ address }) => address !== '')
    ? { incidents }
    : { problem: `the event of type '${type}' names no recipient` };
}

function bounced({ bounce }: Json, common: Common): MailIncident[] {
  const { bounceType, bounceSubType, bouncedRecipients = [] } = bounce ?? {};
  // SES lists it already: the mail was not even tried.
  const isKnown = ['Suppressed', 'OnAccountSuppressionList'].includes(bounceSubType);
  const suppress = bounceType === 'Permanent' && !isKnown ? 'BOUNCE' : undefined;
  return bouncedRecipients.map((recipient: Json) => ({
    ...incident(recipient, common, bounce.timestamp, `${bounceType}/${bounceSubType}`),
    suppress,
  }));
}

function complained({ complaint }: Json, common: Common): MailIncident[] {
  const { complaintSubType, complaintFeedbackType, complainedRecipients = [] } = complaint ?? {};
  // `not-spam` is the reader taking the mail out of the junk folder.
  const isComplaint = complaintFeedbackType !== 'not-spam' && complaintSubType !== 'OnAccountSuppressionList';
  const suppress = isComplaint ? 'COMPLAINT' : undefined;
  const reason = complaintSubType ?? complaintFeedbackType ?? 'unspecified';
  return complainedRecipients.map((recipient: Json) => ({
    ...incident(recipient, common, complaint.timestamp, reason),
    suppress,
  }));
}

function delayed({ deliveryDelay }: Json, common: Common): MailIncident[] {
  const { delayType, delayedRecipients = [], timestamp } = deliveryDelay ?? {};
  return delayedRecipients.map((recipient: Json) =>
    incident(recipient, common, timestamp, delayType ?? 'Undetermined'),
  );
}

/** Mail that never left concerns all its recipients. */
function everybody({ mail }: Json, common: Common, reason = 'unspecified', diagnosticCode?: string): MailIncident[] {
  return (mail.destination ?? []).map((emailAddress: string) =>
    incident({ emailAddress, diagnosticCode }, common, undefined, reason),
  );
}

function incident(recipient: Json, common: Common, timestamp: string | undefined, reason: string): MailIncident {
  return {
    ...common,
    at: timestamp === undefined ? common.at : iso(timestamp),
    address: bareAddress(recipient.emailAddress),
    reason,
    diagnostic: recipient.diagnosticCode?.slice(0, LONGEST_DIAGNOSTIC),
  };
}

/** `Ann <ann@example.com>` is `ann@example.com`. */
function bareAddress(text: unknown): string {
  const address = typeof text === 'string' ? text : '';
  return (/<([^<>]+)>/.exec(address)?.[1] ?? address).trim();
}

function iso(timestamp: string): string {
  return new Date(timestamp).toISOString();
}

function fromJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

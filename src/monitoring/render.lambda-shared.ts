import type { OperatorMessage } from './message.lambda-shared';

const SIGNS = { HIGH: ':red_circle:', MEDIUM: ':large_orange_circle:', LOW: ':large_blue_circle:' };

/** A line for the inbox: SNS allows 100 characters of ASCII. */
export function subjectOf(message: OperatorMessage): string {
  const subject = `${headOf(message)}: ${message.what}`.normalize('NFKD').replace(/[^\x20-\x7e]/g, '');
  return subject.length > 99 ? `${subject.slice(0, 96)}...` : subject;
}

export function textOf(message: OperatorMessage, timeZone: string): string {
  return [
    `${headOf(message)}: ${message.what}`,
    '',
    ...linesOf(message, timeZone).map(({ label, text }) => `${label}: ${text}`),
  ].join('\n');
}

/** Slack's markup, in which three characters have a meaning. */
export function chatOf(message: OperatorMessage, timeZone: string): Record<string, unknown> {
  const sign = message.status === 'RECOVERED' ? ':white_check_mark:' : SIGNS[message.severity];
  const lines = linesOf(message, timeZone).map(({ label, text, url }) =>
    url ? `<${escaped(url)}|${label}>` : `*${label}* ${escaped(text)}`,
  );
  return { text: [`${sign} *${headOf(message)}* ${escaped(message.what)}`, ...lines].join('\n') };
}

export function jsonOf(message: OperatorMessage): Record<string, unknown> {
  return { ...message, since: message.since?.toISOString() };
}

/** Date and time as people of `timeZone` say them, with the zone, because others read it too. */
export function localTime(date: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return `${format.format(date)} (${timeZone})`;
}

function headOf({ severity, status }: OperatorMessage): string {
  return status === 'RECOVERED' ? 'RECOVERED' : severity;
}

interface Line {
  readonly label: string;
  readonly text: string;
  readonly url?: string;
}

function linesOf(message: OperatorMessage, timeZone: string): Line[] {
  const { region, account, resource } = message.where;
  const figure = [message.value, message.threshold && `alarm ${message.threshold}`].filter(Boolean).join('; ');
  return [
    { label: 'Where', text: [region, account && `account ${account}`, resource].filter(Boolean).join(', ') },
    ...(message.since
      ? [{ label: message.status === 'ALARM' ? 'Since' : 'At', text: localTime(message.since, timeZone) }]
      : []),
    ...(figure ? [{ label: 'Value', text: figure }] : []),
    ...Object.entries(message.facts).map(([label, text]) => ({ label, text })),
    ...Object.entries(message.links).map(([label, url]) => ({ label, text: url, url })),
  ].filter(({ text }) => text !== '');
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

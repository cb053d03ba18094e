import type { TopicMeaning } from './constants';
import { type Json, type OperatorMessage, oneLine, SEVERITIES, type Severity } from './message.lambda-shared';

/** Where the facts stand in the events of a service: label, and the paths of which the first that has a value is taken. */
const FACTS: Record<string, [string, ...string[]][]> = {
  'aws.autoscaling': [
    ['Group', 'AutoScalingGroupName'],
    ['Machine', 'EC2InstanceId'],
    ['Refresh', 'InstanceRefreshId'],
    ['Status', 'StatusCode', 'Event'],
    ['Reason', 'StatusMessage'],
    ['Cause', 'Cause'],
  ],
  'aws.backup': [
    ['Resource', 'resourceArn', 'createdResourceArn', 'recoveryPointArn'],
    ['Type', 'resourceType'],
    ['State', 'state', 'status'],
    ['Reason', 'statusMessage'],
    ['Vault', 'backupVaultName', 'destinationBackupVaultArn'],
    ['Job', 'backupJobId', 'restoreJobId', 'copyJobId'],
  ],
  'aws.ec2': [
    ['Machine', 'instance-id'],
    ['State', 'state', 'instance-action'],
  ],
  'aws.rds': [
    ['Resource', 'SourceIdentifier', 'Source ID'],
    ['Message', 'Message', 'Event Message'],
    ['Categories', 'EventCategories'],
    ['Code', 'EventID', 'Event ID'],
  ],
  'aws.ses': [
    ['Type', 'eventType', 'notificationType'],
    ['Sender', 'mail.source'],
    [
      'Kind',
      'bounce.bounceType',
      'complaint.complaintFeedbackType',
      'reject.reason',
      'deliveryDelay.delayType',
      'failure.errorMessage',
    ],
    // Not the diagnosis: it quotes the address of the customer.
    ['Code', 'bounce.bouncedRecipients.0.status'],
    ['Mail', 'mail.messageId'],
  ],
  'aws.wafv2': [
    ['Action', 'eventName'],
    ['Name', 'requestParameters.name'],
    ['Scope', 'requestParameters.scope'],
    ['By', 'userIdentity.arn', 'userIdentity.principalId'],
    ['From', 'sourceIPAddress'],
    ['Error', 'errorCode'],
  ],
};

export function isWrappedEvent(message: Json): boolean {
  return typeof message?.event?.['detail-type'] === 'string';
}

/** `{ severity, what, runbook, event }`, as the rules of `addEvent` write it. */
export function eventMessage(wrapped: Json, severityOfTopic: Severity): OperatorMessage {
  const { event, severity, what, runbook } = wrapped;
  return {
    severity: SEVERITIES.includes(severity) ? severity : severityOfTopic,
    status: 'EVENT',
    what: oneLine(what ?? event['detail-type']),
    where: { region: String(event.region ?? ''), account: String(event.account ?? ''), resource: resourcesOf(event) },
    since: new Date(event.time),
    facts: { Event: event['detail-type'], ...factsOf(event.source, event.detail ?? {}) },
    links: runbook ? { Runbook: runbook } : {},
  };
}

/** What a service, or a room of ours, wrote to a topic by itself: JSON of SES, RDS or Auto Scaling, or plain text. */
export function noticeMessage(text: string, message: Json, envelope: Json, meaning: TopicMeaning): OperatorMessage {
  const [, , , region = '', account = ''] = String(envelope.TopicArn ?? '').split(':');
  const source = sourceOf(message);
  const first = message ? `Message of ${source ?? 'a service'}` : oneLine(text.split('\n', 1)[0], 200);
  return {
    severity: meaning.severity as Severity,
    status: 'EVENT',
    what: meaning.what ?? oneLine(envelope.Subject ?? first),
    where: { region, account },
    since: new Date(envelope.Timestamp),
    facts: source ? factsOf(source, message) : { Message: fewLines(text) },
    links: meaning.runbook ? { Runbook: meaning.runbook } : {},
  };
}

function fewLines(text: string): string {
  return text
    .trim()
    .split('\n')
    .slice(0, 20)
    .map((line) => oneLine(line))
    .join('\n');
}

/** Which service wrote JSON that does not say so. */
function sourceOf(message: Json): string | undefined {
  if (message?.mail && (message.eventType ?? message.notificationType)) {
    return 'aws.ses';
  }
  if (message?.['Event Source'] && message?.['Event Message']) {
    return 'aws.rds';
  }
  return String(message?.Event ?? '').startsWith('autoscaling:') ? 'aws.autoscaling' : undefined;
}

function factsOf(source: string, detail: Json): Record<string, string> {
  const paths = FACTS[source] ?? unknown(detail);
  return Object.fromEntries(
    paths
      .map(([label, ...alternatives]): [string, unknown] => [label, firstValue(detail, alternatives)])
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      .map(([label, value]) => [label, oneLine(Array.isArray(value) ? value.join(', ') : value)]),
  );
}

/** Of a service that is not known here, the plain fields. */
function unknown(detail: Json): [string, string][] {
  return Object.entries(detail)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .slice(0, 8)
    .map(([name]) => [name, name]);
}

function firstValue(detail: Json, paths: string[]): unknown {
  return paths
    .map((path) => path.split('.').reduce((value: Json, name) => value?.[name], detail))
    .find((value) => value !== undefined && value !== null && value !== '');
}

function resourcesOf(event: Json): string | undefined {
  const resources: string[] = (event.resources ?? []).map((arn: unknown) => String(arn).split(/[:/]/).pop());
  return resources.length > 0 ? oneLine(resources.join(', '), 300) : undefined;
}

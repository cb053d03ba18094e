import { EmailSendingEvent } from 'aws-cdk-lib/aws-ses';
import { type MailIncident, parseMailEvent } from '../../src/mail/mail-event.lambda-shared';
import { sesEvent, sesEventTypes } from './ses-events';

const incidentsOf = (text: string): MailIncident[] => {
  const parsed = parseMailEvent(text);
  if ('problem' in parsed) {
    throw new Error(parsed.problem);
  }
  return parsed.incidents;
};
const changed = (name: string, change: (event: Record<string, never>) => void) => {
  const event = JSON.parse(sesEvent(name));
  change(event);
  return JSON.stringify(event);
};

test('there is an event of every type that SES has', () => {
  const types = sesEventTypes().map((type) => type.toLowerCase().replace(' ', ''));
  expect(types).toEqual(
    Object.values(EmailSendingEvent)
      .map((type) => type.toLowerCase())
      .sort(),
  );
});

test('a permanent bounce suppresses each of its recipients, and keeps what their server said', () => {
  expect(incidentsOf(sesEvent('bounce-permanent'))).toEqual([
    {
      address: 'Driver@Example.com',
      at: '2026-11-24T06:00:11.669Z',
      event: 'Bounce',
      reason: 'Permanent/General',
      diagnostic: 'smtp; 550 5.1.1 user unknown',
      messageId: '0102019a00000001-11111111-2222-3333-4444-555555555551-000000',
      suppress: 'BOUNCE',
    },
    expect.objectContaining({ address: 'ann@example.com', suppress: 'BOUNCE' }),
  ]);
});

test.each([
  ['bounce-transient', 'Transient/MailboxFull', undefined],
  ['bounce-undetermined', 'Undetermined/Undetermined', undefined],
  ['bounce-on-account-list', 'Permanent/OnAccountSuppressionList', undefined],
  ['complaint', 'abuse', 'COMPLAINT'],
  ['complaint-not-spam', 'not-spam', undefined],
  ['delivery-delay', 'TransientCommunicationFailure', undefined],
  ['rendering-failure', 'Template', undefined],
])('%s is remembered as %s and suppresses for %s', (name, reason, suppress) => {
  expect(incidentsOf(sesEvent(name))).toEqual([
    expect.objectContaining({ address: 'driver@example.com', reason, ...(suppress && { suppress }) }),
  ]);
  expect(incidentsOf(sesEvent(name))[0].suppress).toBe(suppress);
});

test('a complaint of an address that is suppressed already is only remembered', () => {
  const text = changed('complaint', ({ complaint }) => {
    Object.assign(complaint, { complaintSubType: 'OnAccountSuppressionList' });
  });
  expect(incidentsOf(text)).toMatchObject([{ reason: 'OnAccountSuppressionList', suppress: undefined }]);
});

test('a complaint without a reason is one all the same', () => {
  const text = changed('complaint', ({ complaint }) => {
    Object.assign(complaint, { complaintFeedbackType: undefined, userAgent: undefined });
  });
  expect(incidentsOf(text)).toMatchObject([{ reason: 'unspecified', suppress: 'COMPLAINT' }]);
});

test('mail that never left concerns all its recipients, at the time it was handed in', () => {
  expect(incidentsOf(sesEvent('reject'))).toMatchObject([
    { address: 'driver@example.com', event: 'Reject', reason: 'Bad content', at: '2026-11-24T06:00:08.012Z' },
    { address: 'other@example.com', reason: 'Bad content' },
  ]);
  expect(incidentsOf(sesEvent('rendering-failure'))[0].diagnostic).toBe(
    "Attribute 'total' is not present in the rendering data.",
  );
});

test.each(['send', 'delivery', 'open', 'click', 'subscription'])('%s is no trouble', (name) => {
  expect(incidentsOf(sesEvent(name))).toEqual([]);
});

test('the greeting of SES is no trouble', () => {
  expect(incidentsOf('Successfully validated SNS topic for Amazon SES event publishing.')).toEqual([]);
});

test('a long diagnosis is cut', () => {
  const text = changed('bounce-transient', ({ bounce }) => {
    const [recipient] = (bounce as { bouncedRecipients: Record<string, string>[] }).bouncedRecipients;
    recipient.diagnosticCode = 'x'.repeat(1001);
  });
  expect(incidentsOf(text)[0].diagnostic).toHaveLength(1000);
});

test.each([
  ['no JSON', '{', 'the message is no event of SES'],
  ['null', 'null', 'the message is no event of SES'],
  ['an event of another service', '{"Event":"s3:TestEvent"}', 'the message is no event of SES'],
  ['a new type', '{"eventType":"Applause"}', "the event type 'Applause' is unknown"],
  ['no mail', '{"eventType":"Bounce"}', "the event of type 'Bounce' names no mail"],
  [
    'a mail of no time',
    '{"eventType":"Bounce","mail":{"messageId":"m","timestamp":"soon"}}',
    "the event of type 'Bounce' names no mail",
  ],
  [
    'a recipient without an address',
    '{"eventType":"Bounce","bounce":{"bouncedRecipients":[{}]},"mail":{"messageId":"m","timestamp":"2026-11-24T06:00:00Z"}}',
    "the event of type 'Bounce' names no recipient",
  ],
])('%s is a problem', (_, text, problem) => {
  expect(parseMailEvent(text)).toEqual({ problem });
});

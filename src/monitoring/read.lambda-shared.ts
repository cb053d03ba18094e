import { alarmMessage, isAlarm } from './alarm-message.lambda-shared';
import type { TopicMeaning } from './constants';
import { eventMessage, isWrappedEvent, noticeMessage } from './event-message.lambda-shared';
import type { Json, OperatorMessage, Severity } from './message.lambda-shared';

/**
 * What the body of a queued message says to people; `undefined` where nobody need know. It never fails: what it does not
 * understand is handed on as text, because a lost alert is worse than an ugly one.
 */
export function readMessage(body: string, meanings: readonly TopicMeaning[]): OperatorMessage | undefined {
  const envelope = parse(body) ?? { Message: body };
  const text = String(envelope.Message ?? body);
  const message = parse(text);
  // A topic that is not known here is another region's.
  const meaning = meanings.find(({ topic }) => topic === envelope.TopicArn) ?? { topic: '', severity: 'HIGH' };
  const severity = meaning.severity as Severity;
  if (isAlarm(message)) {
    return alarmMessage(message, severity);
  }
  return isWrappedEvent(message) ? eventMessage(message, severity) : noticeMessage(text, message, envelope, meaning);
}

function parse(text: string): Json {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Names that the notifier and its construct share. */
export const EMAIL_QUEUE_URL_ENV = 'EMAIL_QUEUE_URL';
export const WEBHOOK_QUEUE_URL_ENV = 'WEBHOOK_QUEUE_URL';
export const EMAIL_TOPIC_ENV = 'EMAIL_TOPIC';
export const WEBHOOK_SECRET_ENV = 'WEBHOOK_SECRET';
export const WEBHOOK_FORMAT_ENV = 'WEBHOOK_FORMAT';
export const TOPICS_ENV = 'TOPICS';
export const DASHBOARD_ENV = 'DASHBOARD_URL';
export const TIME_ZONE_ENV = 'TIME_ZONE';

/** Longest wait that one attempt at the webhook may take. */
export const WEBHOOK_TIMEOUT_SECONDS = 10;

/** What is known of a topic before its message is read; `what` and `runbook` of topics that others write to. */
export interface TopicMeaning {
  readonly topic: string;
  readonly severity: string;
  readonly what?: string;
  readonly runbook?: string;
}

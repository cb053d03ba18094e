import { paginateListSuppressedDestinations, type SESv2Client } from '@aws-sdk/client-sesv2';
import { type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { AddressState, SuppressionAudit } from './audit.lambda-shared';
import * as constants from './constants';

/** Whoever changed SES's list without our functions: SES itself, the console, another program. */
const SOMEBODY = 'outside';

export interface Reconciled {
  /** On SES's list, and not known as suppressed. */
  readonly found: number;
  /** Known as suppressed, and not on SES's list. */
  readonly missing: number;
}

/** Brings the states in step with SES's list, which is what counts when mail is sent; each difference becomes history. */
export async function reconcile(
  clients: { readonly dynamo: DynamoDBDocumentClient; readonly ses: SESv2Client },
  tableName: string,
  audit: SuppressionAudit,
  now: string,
): Promise<Reconciled> {
  const suppressed = await suppressedStates(clients.dynamo, tableName);
  let found = 0;
  for await (const page of paginateListSuppressedDestinations({ client: clients.ses }, {})) {
    for (const { EmailAddress, Reason } of page.SuppressedDestinationSummaries ?? []) {
      const destination = EmailAddress as string;
      const isKnown = suppressed.delete(destination.toLowerCase());
      if (!isKnown && !(await isSuppressed(audit, destination))) {
        const reason = `on the account's suppression list as ${Reason}`;
        found += 1;
        await audit.move({ destination, at: now, event: 'Found', reason, actor: SOMEBODY }, 'SUPPRESSED');
      }
    }
  }
  let missing = 0;
  for (const { destination } of suppressed.values()) {
    if (await isSuppressed(audit, destination)) {
      const reason = "no longer on the account's suppression list";
      missing += 1;
      await audit.move({ destination, at: now, event: 'Missing', reason, actor: SOMEBODY }, 'RELEASED');
    }
  }
  return { found, missing };
}

/** Asked again before anything is written: events and operators do not wait for this run. */
async function isSuppressed(audit: SuppressionAudit, destination: string): Promise<boolean> {
  return (await audit.stateOf(destination))?.state === 'SUPPRESSED';
}

async function suppressedStates(client: DynamoDBDocumentClient, TableName: string): Promise<Map<string, AddressState>> {
  const states = new Map<string, AddressState>();
  const pages = paginateScan(
    { client },
    {
      TableName,
      ConsistentRead: true,
      FilterExpression: '#entry = :entry AND #state = :state',
      ExpressionAttributeNames: { '#entry': constants.AUDIT_SORT_KEY, '#state': 'state' },
      ExpressionAttributeValues: { ':entry': constants.STATE_ENTRY, ':state': 'SUPPRESSED' },
    },
  );
  for await (const { Items } of pages) {
    for (const item of (Items ?? []) as AddressState[]) {
      states.set(item.address, item);
    }
  }
  return states;
}

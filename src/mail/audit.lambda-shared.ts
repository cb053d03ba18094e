import {
  DeleteSuppressedDestinationCommand,
  PutSuppressedDestinationCommand,
  type SESv2Client,
} from '@aws-sdk/client-sesv2';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as constants from './constants';
import type { MailIncident } from './mail-event.lambda-shared';

const DAY_SECONDS = 86_400;

export type Standing = 'SUPPRESSED' | 'RELEASED';

/** How an address stands now. */
export interface AddressState {
  readonly address: string;
  readonly state: Standing;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly reason: string;
  readonly actor: string;
  /** The address as SES spells it. */
  readonly destination: string;
}

/** One line of an address's history. */
export interface AuditEntry {
  readonly destination: string;
  readonly at: string;
  readonly event: string;
  readonly reason: string;
  readonly actor: string;
  readonly diagnostic?: string;
  readonly messageId?: string;
}

/** Who asked for what, of which address. */
export interface UnsuppressRequest {
  readonly address: string;
  readonly actor: string;
  readonly reason: string;
}

/** The history of addresses, and SES's suppression list, moved together. */
export class SuppressionAudit {
  constructor(
    private readonly dynamo: DynamoDBDocumentClient,
    private readonly ses: SESv2Client,
    private readonly tableName: string,
    private readonly retentionDays: number,
  ) {}

  /** Remembers what happened, and suppresses the address where it must be. Doing it twice changes nothing. */
  public async take(incident: MailIncident): Promise<{ readonly suppressed: boolean }> {
    const entry: AuditEntry = { ...incident, destination: incident.address, actor: 'SES' };
    const state = await this.stateOf(incident.address);
    // An event that came late must not undo what an operator decided since.
    const isOutdated = state?.state === 'RELEASED' && state.since > incident.at;
    if (incident.suppress === undefined || isOutdated) {
      await this.record(entry);
      return { suppressed: false };
    }
    await this.ses.send(
      new PutSuppressedDestinationCommand({ EmailAddress: incident.address, Reason: incident.suppress }),
    );
    await this.move(entry, 'SUPPRESSED');
    return { suppressed: true };
  }

  /** Takes the address off SES's list and says so. `found` is whether SES had it. */
  public async unsuppress(request: UnsuppressRequest, now: string): Promise<{ readonly found: boolean }> {
    const state = await this.stateOf(request.address);
    const destination = state?.destination ?? request.address;
    const found = await this.removeFromList(destination);
    await this.move({ ...request, destination, at: now, event: 'Unsuppress' }, 'RELEASED');
    return { found };
  }

  public async stateOf(address: string): Promise<AddressState | undefined> {
    const { Item } = await this.dynamo.send(
      new GetCommand({
        TableName: this.tableName,
        Key: { [constants.AUDIT_PARTITION_KEY]: keyOf(address), [constants.AUDIT_SORT_KEY]: constants.STATE_ENTRY },
        ConsistentRead: true,
      }),
    );
    return Item as AddressState | undefined;
  }

  /** Writes the history and the state in one step. */
  public async move(entry: AuditEntry, state: Standing): Promise<void> {
    const { destination, at, reason, actor } = entry;
    const item = {
      [constants.AUDIT_PARTITION_KEY]: keyOf(destination),
      [constants.AUDIT_SORT_KEY]: constants.STATE_ENTRY,
      ...{ state, since: at, reason, actor, destination },
    };
    await this.dynamo.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName: this.tableName, Item: item } },
          { Put: { TableName: this.tableName, Item: this.itemOf(entry, state) } },
        ],
      }),
    );
  }

  private async record(entry: AuditEntry): Promise<void> {
    await this.dynamo.send(new PutCommand({ TableName: this.tableName, Item: this.itemOf(entry, 'RECORDED') }));
  }

  private async removeFromList(destination: string): Promise<boolean> {
    try {
      await this.ses.send(new DeleteSuppressedDestinationCommand({ EmailAddress: destination }));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFoundException') {
        return false;
      }
      throw error;
    }
  }

  private itemOf({ destination, at, event, reason, actor, diagnostic, messageId }: AuditEntry, action: string) {
    return {
      [constants.AUDIT_PARTITION_KEY]: keyOf(destination),
      // The same event, delivered again, is the same item.
      [constants.AUDIT_SORT_KEY]: [at, event, ...(messageId ? [messageId] : [])].join('#'),
      ...{ at, event, action, reason, actor },
      ...(diagnostic && { diagnostic }),
      ...(messageId && { messageId }),
      [constants.AUDIT_TTL_ATTRIBUTE]: Math.floor(Date.parse(at) / 1000) + this.retentionDays * DAY_SECONDS,
    };
  }
}

/** Operators ask for an address as they read it; case does not matter to them. */
function keyOf(address: string): string {
  return address.toLowerCase();
}

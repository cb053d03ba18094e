import { type Entry, FEED_STATE_KEY, MANUAL_SOURCE } from './entries';

type Image = Record<string, { readonly S?: string; readonly N?: string }>;

/** The part of a record of the table's stream that the change log reads. */
export interface StreamRecord {
  readonly eventName?: string;
  readonly userIdentity?: { readonly principalId?: string } | null;
  readonly dynamodb?: { readonly NewImage?: Image; readonly OldImage?: Image };
}

export type ChangeKind = 'added' | 'changed' | 'removed' | 'expired';

/** Entries that changed in the same way; what they have in common, and their networks. */
export interface ChangeGroup {
  readonly kind: ChangeKind;
  readonly entry: Omit<Entry, 'cidr'>;
  readonly cidrs: string[];
}

/** DynamoDB deletes expired items under this name. */
const TTL_PRINCIPAL = 'dynamodb.amazonaws.com';
/** Networks per line of the log, and per line of a message to people. */
const NETWORKS_PER_LOG_LINE = 200;
const NETWORKS_PER_MESSAGE_LINE = 5;
const MESSAGE_LINES = 40;

/** What happened to entries, one group per list, source, actor, reason and end. A feed's thousands are one group. */
export function changesOf(records: readonly StreamRecord[]): ChangeGroup[] {
  const groups = new Map<string, ChangeGroup>();
  for (const record of records) {
    const image = record.dynamodb?.NewImage ?? record.dynamodb?.OldImage;
    const entry = image && entryOf(image);
    if (entry && entry.cidr !== FEED_STATE_KEY) {
      const { cidr, ...common } = entry;
      const kind = kindOf(record);
      const key = JSON.stringify([kind, common]);
      const group = groups.get(key) ?? { kind, entry: common, cidrs: [] };
      groups.set(key, group);
      group.cidrs.push(cidr);
    }
  }
  return [...groups.values()];
}

/** Every network, whose it is, why and until when; as many as fit on one line of the log. */
export function logLinesOf(groups: readonly ChangeGroup[]): Record<string, string | number | undefined>[] {
  return groups.flatMap(({ kind, entry, cidrs }) =>
    chunksOf(cidrs, NETWORKS_PER_LOG_LINE).map((networks) => ({
      change: kind,
      list: entry.list,
      source: entry.source,
      actor: entry.actor,
      reason: entry.reason,
      until: untilOf(entry),
      count: networks.length,
      networks: networks.join(' '),
    })),
  );
}

/** The same for people, condensed. What people did comes first. */
export function messageLinesOf(groups: readonly ChangeGroup[]): string[] {
  const isManual = ({ entry }: ChangeGroup) => entry.source === MANUAL_SOURCE;
  const ordered = [...groups.filter(isManual), ...groups.filter((group) => !isManual(group))];
  const lines = ordered.slice(0, MESSAGE_LINES).map(({ kind, entry, cidrs }) => {
    const shown = cidrs.slice(0, NETWORKS_PER_MESSAGE_LINE).join(', ');
    const more =
      cidrs.length > NETWORKS_PER_MESSAGE_LINE ? ` and ${cidrs.length - NETWORKS_PER_MESSAGE_LINE} more` : '';
    const until = untilOf(entry);
    return `${kind}: ${entry.list} ${shown}${more}; by ${entry.actor}: ${entry.reason}${until ? `; until ${until}` : ''}`;
  });
  const rest = ordered.slice(MESSAGE_LINES).reduce((sum, { cidrs }) => sum + cidrs.length, 0);
  return rest > 0 ? [...lines, `and ${rest} more entries, which the log names`] : lines;
}

function kindOf({ eventName, userIdentity }: StreamRecord): ChangeKind {
  switch (eventName) {
    case 'INSERT':
      return 'added';
    case 'REMOVE':
      return userIdentity?.principalId === TTL_PRINCIPAL ? 'expired' : 'removed';
    default:
      return 'changed';
  }
}

/** Items written past us may lack anything; the log says so rather than fail. */
function entryOf(image: Image): Entry {
  const text = (name: keyof Entry) => image[name]?.S ?? '?';
  const expiresAt = image.expiresAt?.N;
  return {
    cidr: text('cidr'),
    source: text('source'),
    list: text('list') as Entry['list'],
    reason: text('reason'),
    actor: text('actor'),
    createdAt: '',
    ...(expiresAt === undefined ? {} : { expiresAt: Number(expiresAt) }),
  };
}

function untilOf({ expiresAt }: Pick<Entry, 'expiresAt'>): string | undefined {
  return expiresAt === undefined ? undefined : new Date(expiresAt * 1000).toISOString();
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

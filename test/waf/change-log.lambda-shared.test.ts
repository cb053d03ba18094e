import { changesOf, logLinesOf, messageLinesOf, type StreamRecord } from '../../src/waf/change-log.lambda-shared';

const ANA = 'arn:aws:sts::111122223333:assumed-role/Operator/ana';
const END = Date.UTC(2026, 10, 25) / 1000;

function image(cidr: string, source = 'feed:a', rest: Record<string, string> = {}) {
  const texts = { cidr, source, list: 'BLOCK', reason: 'listed', actor: source, ...rest };
  return {
    ...Object.fromEntries(Object.entries(texts).map(([name, S]) => [name, { S }])),
    expiresAt: { N: String(END) },
  };
}
const inserted = (...args: Parameters<typeof image>): StreamRecord => ({
  eventName: 'INSERT',
  dynamodb: { NewImage: image(...args) },
});
const removed = (cidr: string, principalId?: string): StreamRecord => ({
  eventName: 'REMOVE',
  ...(principalId ? { userIdentity: { principalId } } : {}),
  dynamodb: { OldImage: image(cidr) },
});
const manual = { reason: 'ticket 4711', actor: ANA };

test('who, what, why and until when; what people did comes first', () => {
  const changes = changesOf([
    inserted('198.51.100.0/24'),
    inserted('203.0.113.7/32', 'manual', manual),
    {
      eventName: 'MODIFY',
      dynamodb: {
        OldImage: image('203.0.113.9/32', 'manual', manual),
        NewImage: image('203.0.113.9/32', 'manual', { ...manual, list: 'ALLOW' }),
      },
    },
    removed('198.51.101.0/24'),
    removed('198.51.102.0/24', 'dynamodb.amazonaws.com'),
  ]);
  expect(messageLinesOf(changes)).toEqual([
    `added: BLOCK 203.0.113.7/32; by ${ANA}: ticket 4711; until 2026-11-25T00:00:00.000Z`,
    `changed: ALLOW 203.0.113.9/32; by ${ANA}: ticket 4711; until 2026-11-25T00:00:00.000Z`,
    'added: BLOCK 198.51.100.0/24; by feed:a: listed; until 2026-11-25T00:00:00.000Z',
    'removed: BLOCK 198.51.101.0/24; by feed:a: listed; until 2026-11-25T00:00:00.000Z',
    'expired: BLOCK 198.51.102.0/24; by feed:a: listed; until 2026-11-25T00:00:00.000Z',
  ]);
  expect(logLinesOf(changes)[1]).toEqual({
    change: 'added',
    list: 'BLOCK',
    source: 'manual',
    actor: ANA,
    reason: 'ticket 4711',
    until: '2026-11-25T00:00:00.000Z',
    count: 1,
    networks: '203.0.113.7/32',
  });
});

test("a feed's thousands are one line for people and a few of the log, which names every network", () => {
  const cidrs = Array.from({ length: 10_000 }, (_, i) => `203.${i >> 8}.${i & 255}.0/24`);
  const changes = changesOf(cidrs.map((cidr) => inserted(cidr)));
  expect(messageLinesOf(changes)).toEqual([
    'added: BLOCK 203.0.0.0/24, 203.0.1.0/24, 203.0.2.0/24, 203.0.3.0/24, 203.0.4.0/24 and 9995 more; by feed:a: listed; until 2026-11-25T00:00:00.000Z',
  ]);
  const lines = logLinesOf(changes);
  expect(lines.map(({ count }) => count)).toEqual(Array(50).fill(200));
  expect(lines.flatMap(({ networks }) => String(networks).split(' '))).toEqual(cidrs);
  expect(Math.max(...lines.map((line) => JSON.stringify(line).length))).toBeLessThan(16_384);
});

test('a message stays short; the rest is counted', () => {
  const changes = changesOf(
    Array.from({ length: 45 }, (_, i) => inserted(`203.0.113.${i}/32`, 'manual', { ...manual, reason: `ticket ${i}` })),
  );
  const lines = messageLinesOf(changes);
  expect([lines.length, lines[40]]).toEqual([41, 'and 5 more entries, which the log names']);
  expect(logLinesOf(changes)).toHaveLength(45);
});

test('the state of feeds is no entry, and what was written past us does not break the log', () => {
  expect(changesOf([inserted('#state'), {}, { eventName: 'INSERT', dynamodb: {} }])).toEqual([]);
  const odd = changesOf([{ eventName: 'INSERT', dynamodb: { NewImage: { cidr: { S: '203.0.113.7/32' } } } }]);
  expect(messageLinesOf(odd)).toEqual(['added: ? 203.0.113.7/32; by ?: ?']);
  expect(logLinesOf([])).toEqual([]);
});

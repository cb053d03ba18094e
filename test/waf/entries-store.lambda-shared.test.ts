import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { backOff, writeEntries } from '../../src/waf/entries-store.lambda-shared';

// Reading and writing that succeed are tested against moto in feed-run.lambda-shared.test.ts; here stand the failures.
const dynamo = mockClient(DynamoDBDocumentClient);
const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-south-2' }));
const key = (index: number) => ({ cidr: `203.0.113.${index}/32`, source: 'feed:a' });
const wait = async () => undefined;

beforeEach(() => dynamo.reset());

test('what DynamoDB leaves unprocessed is sent again until nothing is left', async () => {
  const taken: string[] = [];
  dynamo.on(BatchWriteCommand).callsFake(({ RequestItems }) => {
    const [first, ...left] = RequestItems.table;
    taken.push(first.DeleteRequest.Key.cidr);
    return { UnprocessedItems: left.length > 0 ? { table: left } : {} };
  });
  await writeEntries(client, 'table', [], [key(1), key(2), key(3)], wait);
  expect(taken).toEqual([key(1), key(2), key(3)].map(({ cidr }) => cidr));
});

test('what it never takes is an error, not a loss', async () => {
  dynamo.on(BatchWriteCommand).callsFake(({ RequestItems }) => ({ UnprocessedItems: RequestItems }));
  await expect(writeEntries(client, 'table', [], [key(1), key(2)], wait)).rejects.toThrow(
    'the table did not take 2 items in 8 attempts',
  );
});

test('batches hold 25 items', async () => {
  dynamo.on(BatchWriteCommand).resolves({});
  await writeEntries(
    client,
    'table',
    [],
    Array.from({ length: 51 }, (_, i) => key(i)),
    wait,
  );
  expect(dynamo.commandCalls(BatchWriteCommand).map((call) => call.args[0].input.RequestItems?.table.length)).toEqual([
    25, 25, 1,
  ]);
});

test('waits grow', async () => {
  const begin = performance.now();
  await backOff(3, 5);
  const waited = performance.now() - begin;
  expect(waited).toBeGreaterThan(18);
});

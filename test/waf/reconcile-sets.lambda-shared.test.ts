import { GetIPSetCommand, UpdateIPSetCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import { mockClient } from 'aws-sdk-client-mock';
import type { SetPlan } from '../../src/waf/reconcile.lambda-shared';
import { bringAllUpToDate, bringUpToDate, type IpSetTarget } from '../../src/waf/reconcile-sets.lambda-shared';

// What WAF does right is tested against moto in writer.lambda.test.ts; here stand its failures.
const waf = mockClient(WAFV2Client);
const client = new WAFV2Client({ region: 'eu-south-2' });
const target: IpSetTarget = { name: 'Blocked', id: 'id-1', scope: 'REGIONAL', list: 'BLOCK', family: 4 };
const failure = (name: string) => Object.assign(new Error(`${name} happened`), { name });
const waits: number[] = [];
const wait = async (attempt: number) => void waits.push(attempt);

beforeEach(() => {
  waf.reset();
  waits.length = 0;
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  waf.on(GetIPSetCommand).callsFake(() => ({
    IPSet: { Addresses: ['203.0.113.1/32'], Description: 'kept by the writer' },
    LockToken: `token-${waf.commandCalls(GetIPSetCommand).length}`,
  }));
  waf.on(UpdateIPSetCommand).resolves({});
});
afterEach(() => jest.restoreAllMocks());

test('a set that is right is read and not written', async () => {
  expect(await bringUpToDate(client, target, ['203.0.113.1/32'], { wait })).toEqual({ added: 0, removed: 0 });
  expect(waf.commandCalls(UpdateIPSetCommand)).toHaveLength(0);
});

test('a set that is wrong is written whole, once, and keeps its description', async () => {
  expect(await bringUpToDate(client, target, ['203.0.113.2/32', '203.0.113.4/32'], { wait })).toEqual({
    added: 2,
    removed: 1,
  });
  expect(waf.commandCalls(UpdateIPSetCommand).map((call) => call.args[0].input)).toEqual([
    {
      Name: 'Blocked',
      Id: 'id-1',
      Scope: 'REGIONAL',
      LockToken: 'token-1',
      Addresses: ['203.0.113.2/32', '203.0.113.4/32'],
      Description: 'kept by the writer',
    },
  ]);
});

test.each(['WAFOptimisticLockException', 'WAFUnavailableEntityException'])(
  '%s five times in a row: each try reads again, waits longer, and the sixth holds',
  async (name) => {
    waf.on(UpdateIPSetCommand).callsFake(() => {
      if (waf.commandCalls(UpdateIPSetCommand).length <= 5) {
        throw failure(name);
      }
      return {};
    });
    expect(await bringUpToDate(client, target, [], { wait })).toEqual({ added: 0, removed: 1 });
    expect(waits).toEqual([1, 2, 3, 4, 5]);
    expect(waf.commandCalls(UpdateIPSetCommand).map((call) => call.args[0].input.LockToken)).toEqual(
      [1, 2, 3, 4, 5, 6].map((read) => `token-${read}`),
    );
  },
);

test('it gives up after eight tries and says why', async () => {
  waf.on(UpdateIPSetCommand).rejects(failure('WAFOptimisticLockException'));
  await expect(bringUpToDate(client, target, [], { wait })).rejects.toThrow('WAFOptimisticLockException happened');
  expect(waf.commandCalls(UpdateIPSetCommand)).toHaveLength(8);
});

test('any other failure is not tried again', async () => {
  waf.on(UpdateIPSetCommand).rejects(failure('WAFInvalidParameterException'));
  await expect(bringUpToDate(client, target, [], { wait })).rejects.toThrow('WAFInvalidParameterException happened');
  expect(waf.commandCalls(UpdateIPSetCommand)).toHaveLength(1);
});

test('a dry run reads, compares and writes nothing', async () => {
  const plan: SetPlan[] = [{ list: 'BLOCK', family: 4, addresses: ['203.0.113.2/32'], cut: 0 }];
  const result = await bringAllUpToDate({ REGIONAL: client, CLOUDFRONT: client }, [target], plan, { dryRun: true });
  expect(result).toEqual({ failed: 0, changes: ['BLOCK IPv4 of Blocked (REGIONAL): 1 added, 1 removed, 1 now'] });
  expect(waf.commandCalls(UpdateIPSetCommand)).toHaveLength(0);
});

test('a set whose plan is refused stays as it is, and counts as failed', async () => {
  const plan: SetPlan[] = [{ list: 'BLOCK', family: 4, addresses: ['11.0.0.0/8'], cut: 0, refusal: 'too much' }];
  const result = await bringAllUpToDate({ REGIONAL: client, CLOUDFRONT: client }, [target], plan, { wait });
  expect(result).toEqual({ failed: 1, changes: [] });
  expect(waf.calls()).toHaveLength(0);
});

test('a set that was deleted by hand does not hold up the others', async () => {
  const other: IpSetTarget = { ...target, name: 'Edge', id: 'id-2', scope: 'CLOUDFRONT' };
  const plan: SetPlan[] = [{ list: 'BLOCK', family: 4, addresses: ['203.0.113.2/32'], cut: 0 }];
  waf.on(GetIPSetCommand, { Id: 'id-1' }).rejects(failure('WAFNonexistentItemException'));
  const result = await bringAllUpToDate({ REGIONAL: client, CLOUDFRONT: client }, [target, other], plan, { wait });
  expect(result).toEqual({
    failed: 1,
    changes: ['BLOCK IPv4 of Edge (CLOUDFRONT): 1 added, 1 removed, 1 now'],
  });
});

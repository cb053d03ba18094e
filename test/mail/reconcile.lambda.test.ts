import { handler } from '../../src/mail/reconcile.lambda';
import { describeWith, MOTO } from '../support/engines';
import { SuppressionWorld } from './suppression-world';

describeWith([MOTO], 'the comparison with the suppression list against a table of moto', () => {
  let world: SuppressionWorld;
  const lines: string[] = [];

  beforeAll(async () => {
    world = await SuppressionWorld.start();
  }, 60_000);
  afterAll(() => world.stop());
  beforeEach(async () => {
    await world.reset();
    lines.length = 0;
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  });
  afterEach(() => jest.restoreAllMocks());

  const suppress = (address: string) =>
    world.audit.take({
      ...{ address, at: '2026-11-24T06:00:00.000Z', event: 'Bounce', reason: 'Permanent/General', messageId: 'm' },
      suppress: 'BOUNCE',
    });
  const drift = () => lines.map((line) => JSON.parse(line)).find((line) => '_aws' in line)?.SuppressionDrift;

  test('in step, it writes nothing and says 0', async () => {
    for (const name of ['A@example.com', 'b@example.com', 'c@example.com']) {
      await suppress(name);
    }
    await handler();
    expect(await world.items('a@example.com')).toHaveLength(2);
    expect(drift()).toBe(0);
  });

  test('what others put on the list is remembered, over all pages', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      world.ses.list.set(`${name}@example.com`, 'COMPLAINT');
    }
    await handler();
    expect(drift()).toBe(5);
    expect(await world.history('e@example.com')).toEqual([
      "Found SUPPRESSED by outside: on the account's suppression list as COMPLAINT",
      "is SUPPRESSED by outside: on the account's suppression list as COMPLAINT",
    ]);
    lines.length = 0;
    await handler();
    expect(drift()).toBe(0);
  });

  test('what others took off the list is remembered, and not put back', async () => {
    await suppress('a@example.com');
    world.ses.list.clear();
    await handler();
    expect(drift()).toBe(1);
    expect(world.ses.list.size).toBe(0);
    expect((await world.history('a@example.com')).slice(1)).toEqual([
      "Missing RELEASED by outside: no longer on the account's suppression list",
      "is RELEASED by outside: no longer on the account's suppression list",
    ]);
  });

  test('what an operator released is in step', async () => {
    await suppress('a@example.com');
    await world.audit.unsuppress({ address: 'a@example.com', actor: 'ana', reason: 'r' }, '2026-11-24T07:00:00.000Z');
    await handler();
    expect(drift()).toBe(0);
  });
});

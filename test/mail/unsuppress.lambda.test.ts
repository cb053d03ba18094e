import { handler } from '../../src/mail/unsuppress.lambda';
import { describeWith, MOTO } from '../support/engines';
import { SuppressionWorld } from './suppression-world';

describeWith([MOTO], 'release of an address against a table of moto', () => {
  let world: SuppressionWorld;

  beforeAll(async () => {
    world = await SuppressionWorld.start();
  }, 60_000);
  afterAll(() => world.stop());
  beforeEach(async () => {
    await world.reset();
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  });
  afterEach(() => jest.restoreAllMocks());

  const suppress = () =>
    world.audit.take({
      address: 'Driver@Example.com',
      at: '2026-11-24T06:00:00.000Z',
      event: 'Bounce',
      reason: 'Permanent/General',
      messageId: 'm',
      suppress: 'BOUNCE',
    });
  const request = { address: 'driver@example.com', actor: 'ana', reason: 'mailbox exists again, ticket 77' };

  test('takes it off the list as SES spells it, and says who and why', async () => {
    await suppress();
    expect(await handler(request)).toEqual({ address: 'driver@example.com', released: true });
    expect(world.ses.list.size).toBe(0);
    expect(await world.history('driver@example.com')).toEqual([
      'Bounce SUPPRESSED by SES: Permanent/General',
      'Unsuppress RELEASED by ana: mailbox exists again, ticket 77',
      'is RELEASED by ana: mailbox exists again, ticket 77',
    ]);
  });

  test('of one that SES does not list is remembered all the same', async () => {
    expect(await handler(request)).toEqual({ address: 'driver@example.com', released: false });
    expect(await world.history('driver@example.com')).toHaveLength(2);
  });

  test('that SES refuses changes nothing', async () => {
    await suppress();
    world.ses.broken = true;
    await expect(handler(request)).rejects.toThrow('BadRequestException');
    expect(await world.audit.stateOf('driver@example.com')).toMatchObject({ state: 'SUPPRESSED' });
  });
});

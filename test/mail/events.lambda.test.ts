import { handler } from '../../src/mail/events.lambda';
import { describeWith, MOTO } from '../support/engines';
import { sesEvent, snsEvent } from './ses-events';
import { SuppressionWorld } from './suppression-world';

describeWith([MOTO], 'events of SES against a table of moto', () => {
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

  test('a permanent bounce is remembered and suppressed, each recipient for itself', async () => {
    await handler(snsEvent(sesEvent('bounce-permanent')));
    expect([...world.ses.list]).toEqual([
      ['Driver@Example.com', 'BOUNCE'],
      ['ann@example.com', 'BOUNCE'],
    ]);
    const messageId = '0102019a00000001-11111111-2222-3333-4444-555555555551-000000';
    expect(await world.items('driver@example.com')).toEqual([
      {
        address: 'driver@example.com',
        entry: `2026-11-24T06:00:11.669Z#Bounce#${messageId}`,
        at: '2026-11-24T06:00:11.669Z',
        event: 'Bounce',
        action: 'SUPPRESSED',
        reason: 'Permanent/General',
        actor: 'SES',
        diagnostic: 'smtp; 550 5.1.1 user unknown',
        messageId,
        expiresAt: Date.parse('2026-11-24T06:00:11Z') / 1000 + 400 * 86_400,
      },
      {
        address: 'driver@example.com',
        entry: 'STATE',
        state: 'SUPPRESSED',
        since: '2026-11-24T06:00:11.669Z',
        reason: 'Permanent/General',
        actor: 'SES',
        destination: 'Driver@Example.com',
      },
    ]);
    expect(await world.items('ann@example.com')).toHaveLength(2);
  });

  test('what does no lasting harm is only remembered', async () => {
    for (const name of ['bounce-transient', 'delivery-delay', 'rendering-failure', 'complaint-not-spam']) {
      await handler(snsEvent(sesEvent(name)));
    }
    expect(world.ses.list.size).toBe(0);
    expect((await world.history('driver@example.com')).sort()).toEqual([
      'Bounce RECORDED by SES: Transient/MailboxFull',
      'Complaint RECORDED by SES: not-spam',
      'DeliveryDelay RECORDED by SES: TransientCommunicationFailure',
      'Rendering Failure RECORDED by SES: Template',
    ]);
  });

  test('an event delivered twice is one line', async () => {
    await handler(snsEvent(sesEvent('complaint'), sesEvent('complaint')));
    await handler(snsEvent(sesEvent('complaint')));
    expect(await world.history('driver@example.com')).toEqual([
      'Complaint SUPPRESSED by SES: abuse',
      'is SUPPRESSED by SES: abuse',
    ]);
  });

  test('a bounce from before an operator released the address does not suppress it again', async () => {
    await world.audit.unsuppress(
      { address: 'driver@example.com', actor: 'ana', reason: 'r' },
      '2026-11-24T06:00:16.000Z',
    );
    await handler(snsEvent(sesEvent('complaint')));
    expect(world.ses.list.size).toBe(0);
    expect(await world.history('driver@example.com')).toEqual([
      'Complaint RECORDED by SES: abuse',
      'Unsuppress RELEASED by ana: r',
      'is RELEASED by ana: r',
    ]);
  });

  test('a complaint after the release suppresses it again', async () => {
    await world.audit.unsuppress(
      { address: 'driver@example.com', actor: 'ana', reason: 'r' },
      '2026-11-24T06:00:14.000Z',
    );
    await handler(snsEvent(sesEvent('complaint')));
    expect(world.ses.list.get('driver@example.com')).toBe('COMPLAINT');
  });

  test('throttling is waited out', async () => {
    world.ses.throttled = 2;
    await handler(snsEvent(sesEvent('complaint')));
    expect(world.ses.list.size).toBe(1);
  });

  test('what SES refuses is not said to be suppressed, and fails', async () => {
    world.ses.broken = true;
    await expect(handler(snsEvent(sesEvent('complaint')))).rejects.toThrow('BadRequestException');
    expect(await world.items('driver@example.com')).toEqual([]);
    world.ses.broken = false;
    await handler(snsEvent(sesEvent('complaint')));
    expect(await world.items('driver@example.com')).toHaveLength(2);
  });

  test('a message that cannot be read fails, by its number', async () => {
    await expect(handler(snsEvent('{'))).rejects.toThrow('message message-0: the message is no event of SES');
  });

  test('counts suppressions, and logs no address', async () => {
    await handler(snsEvent(sesEvent('bounce-permanent')));
    const text = lines.join('');
    expect(text).not.toContain('@');
    const metric = lines.map((line) => JSON.parse(line)).find((line) => '_aws' in line);
    expect(metric).toMatchObject({ Mail: 'Test', SuppressedAddresses: 2 });
    expect(metric._aws.CloudWatchMetrics).toMatchObject([
      { Namespace: 'ChargingPlatform/Mail', Dimensions: [['Mail']] },
    ]);
  });
});

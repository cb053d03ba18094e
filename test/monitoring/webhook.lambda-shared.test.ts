import { post, WebhookRefused } from '../../src/monitoring/webhook.lambda-shared';
import { fails, hangsUp, limits, saysNothing, sendsAway, WebhookServer } from '../support/webhook-server';

let server: WebhookServer;
beforeAll(async () => {
  server = await WebhookServer.start();
});
afterAll(() => server.stop());

async function refusal(address = server.address): Promise<WebhookRefused> {
  const error = await post(address, { text: 'x' }, 300).catch((refused) => refused);
  expect(error).toBeInstanceOf(WebhookRefused);
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(server.secret);
  return error;
}

test('hands the message over', async () => {
  await post(` ${server.address}\n`, { text: 'Ünïcode ✓' }, 1000);
  expect(server.taken).toEqual([{ text: 'Ünïcode ✓' }]);
});

test('a failure is named by its status', async () => {
  server.plan.push(fails);
  expect(await refusal()).toMatchObject({ message: 'the webhook answered with status 500', retryAfter: undefined });
});

test.each([
  ['7', 7],
  ['0', 0],
  ['soon', undefined],
])('a limit of %s asks for %p seconds', async (header, retryAfter) => {
  server.plan.push(limits(header));
  expect(await refusal()).toMatchObject({ message: 'the webhook answered with status 429', retryAfter });
});

test('a limit may be a date', async () => {
  server.plan.push(limits(new Date(Date.now() + 60_000).toUTCString()));
  const { retryAfter } = await refusal();
  expect(retryAfter).toBeGreaterThan(55);
  expect(retryAfter).toBeLessThanOrEqual(60);
});

test('a webhook that says nothing is not waited for longer than told', async () => {
  server.plan.push(saysNothing);
  expect(await refusal()).toMatchObject({ message: 'the webhook did not answer: TimeoutError' });
});

test('a webhook that hangs up', async () => {
  server.plan.push(hangsUp);
  expect((await refusal()).message).toMatch(/^the webhook did not answer: (UND_ERR_SOCKET|ECONNRESET)$/);
});

test('a redirect is not followed', async () => {
  server.plan.push(sendsAway);
  expect(await refusal()).toMatchObject({ message: 'the webhook answered with status 302' });
  expect(server.asked).not.toContain('/elsewhere');
});

test('nobody there', async () => {
  const gone = await WebhookServer.start();
  const { address } = gone;
  await gone.stop();
  expect(await refusal(address)).toMatchObject({ message: 'the webhook did not answer: ECONNREFUSED' });
});

test.each([
  '',
  'not an address',
  'http://hooks.example.com/services/x',
  'ftp://127.0.0.1/x',
  '{"url":"https://hooks.example.com"}',
])('refuses the address %p without saying it', async (address) => {
  const { message } = await refusal(address);
  expect(message).toBe("the webhook's secret does not hold an https address as plain text");
});

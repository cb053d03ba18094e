/** The webhook did not take a message. `retryAfter` is how many seconds it asked to be left alone. Never carries the address. */
export class WebhookRefused extends Error {
  public readonly name = 'WebhookRefused';

  constructor(
    message: string,
    public readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** Posts JSON once. Errors say what went wrong in words of our own, because those of the runtime quote the address. */
export async function post(address: string, body: Record<string, unknown>, timeoutMs: number): Promise<void> {
  const url = validated(address);
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    // A redirect would carry the message to an address that nobody chose.
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw new WebhookRefused(`the webhook did not answer: ${reasonOf(error)}`);
  });
  await answer.body?.cancel();
  if (!answer.ok) {
    throw new WebhookRefused(
      `the webhook answered with status ${answer.status}`,
      secondsOf(answer.headers.get('retry-after')),
    );
  }
}

function validated(address: string): URL {
  const text = address.trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = url !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback)) {
    return url;
  }
  throw new WebhookRefused("the webhook's secret does not hold an https address as plain text");
}

function reasonOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  return cause?.code ?? name ?? 'unknown';
}

/** `Retry-After`: seconds, or a date. */
function secondsOf(header: string | null): number | undefined {
  if (header === null) {
    return undefined;
  }
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

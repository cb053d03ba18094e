import { log } from '../runtime/logger.lambda-shared';
import { suppressionAudit } from './clients.lambda-shared';
import { readUnsuppressRequest } from './unsuppress-request.lambda-shared';

/** An operator lets an address have mail again. The answer says how it stood. */
export async function handler(event: unknown): Promise<{ readonly address: string; readonly released: boolean }> {
  const request = readUnsuppressRequest(event);
  const { found } = await suppressionAudit().unsuppress(request, new Date().toISOString());
  log.info('address released', { actor: request.actor, found });
  return { address: request.address, released: found };
}

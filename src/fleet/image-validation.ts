import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';

const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = 'sha256:[a-f0-9]{64}';
const REGISTRY_IMAGE = new RegExp(`^[a-z0-9][a-z0-9./_-]*(:[0-9]+/[a-z0-9./_-]+)?(:(?<tag>${TAG}))?(@${DIGEST})?$`);
const TAG_OR_DIGEST = new RegExp(`^(${DIGEST}|${TAG})$`);

export function validateRegistryImage(scope: Construct, service: string, reference: string): void {
  if (Token.isUnresolved(reference)) {
    return;
  }
  const match = REGISTRY_IMAGE.exec(reference);
  if (!match) {
    throw invalid(
      scope,
      `'image' of '${service}' must be an image's address such as ghcr.io/example/api:1.4.2, got '${reference}'`,
    );
  }
  const pinned = reference.includes('@');
  if (!pinned && (match.groups?.tag ?? 'latest') === 'latest') {
    throw notPinned(scope, service, reference);
  }
}

export function validateTagOrDigest(scope: Construct, service: string, tagOrDigest: string): void {
  if (Token.isUnresolved(tagOrDigest)) {
    return;
  }
  if (!TAG_OR_DIGEST.test(tagOrDigest)) {
    throw invalid(
      scope,
      `'image' of '${service}' must have a tag of at most 128 letters, digits, '.', '_' or '-', or a digest sha256:…, got '${tagOrDigest}'`,
    );
  }
  if (tagOrDigest === 'latest') {
    throw notPinned(scope, service, tagOrDigest);
  }
}

/** With a tag that moves, machines that start at different times run different versions, and nothing rolls a new one out. */
function notPinned(scope: Construct, service: string, got: string): Error {
  return invalid(
    scope,
    `'image' of '${service}' must have a tag other than latest, got '${got}': a new tag is what rolls a new version out, and machines that start later would run another one; a digest sha256:… pins it for good`,
  );
}

import { CfnParameter } from 'aws-cdk-lib';
import { validateRegistryImage, validateTagOrDigest } from '../../src/fleet/image-validation';
import { newStack } from '../support/stacks';

const stack = newStack();
const DIGEST = `sha256:${'a'.repeat(64)}`;
const REASON =
  'a new tag is what rolls a new version out, and machines that start later would run another one; a digest sha256:… pins it for good';

test.each(['nginx:latest', 'ghcr.io/example/api', 'registry.example.com:5000/api:latest'])(
  'refuses %s',
  (reference) => {
    expect(() => validateRegistryImage(stack, 'api', reference)).toThrow(
      new Error(`[Test] 'image' of 'api' must have a tag other than latest, got '${reference}': ${REASON}`),
    );
  },
);

test.each(['Ghcr.io/example/api:1', 'ghcr.io/api:1 --privileged', 'api:1\n', 'api:$TAG', ':1.0', `api@${DIGEST}b`])(
  'refuses %j',
  (reference) => {
    expect(() => validateRegistryImage(stack, 'api', reference)).toThrow(
      new Error(
        `[Test] 'image' of 'api' must be an image's address such as ghcr.io/example/api:1.4.2, got '${reference}'`,
      ),
    );
  },
);

test.each([
  'nginx:1.27',
  'ghcr.io/example/api:1.4.2',
  `ghcr.io/api@${DIGEST}`,
  `api:1@${DIGEST}`,
  'r.example:5000/a:1',
])('accepts %s', (reference) => {
  expect(() => validateRegistryImage(stack, 'api', reference)).not.toThrow();
});

test('of ECR, refuses latest and what is no tag', () => {
  expect(() => validateTagOrDigest(stack, 'api', 'latest')).toThrow(
    new Error(`[Test] 'image' of 'api' must have a tag other than latest, got 'latest': ${REASON}`),
  );
  expect(() => validateTagOrDigest(stack, 'api', 'v1 beta')).toThrow(
    new Error(
      "[Test] 'image' of 'api' must have a tag of at most 128 letters, digits, '.', '_' or '-', or a digest sha256:…, got 'v1 beta'",
    ),
  );
  expect(() => validateTagOrDigest(stack, 'api', 'a'.repeat(129))).toThrow('a tag of at most 128');
});

test('of ECR, accepts tags, digests and tokens', () => {
  const token = new CfnParameter(stack, 'Tag').valueAsString;
  for (const tagOrDigest of ['1.0.0', 'a'.repeat(128), DIGEST, token]) {
    expect(() => validateTagOrDigest(stack, 'api', tagOrDigest)).not.toThrow();
  }
  expect(() => validateRegistryImage(stack, 'api', token)).not.toThrow();
});

import { problemOfPublicKey } from '../../src/sftp/public-key';
import { ED25519, ecdsaKey, rsaKey } from './support';

test.each([
  ['Ed25519 with a comment', ED25519],
  ['Ed25519 without', ED25519.split(' ').slice(0, 2).join(' ')],
  ['a final line end', `${ED25519}\n`],
  ['RSA of 2048 bits', rsaKey(2048)],
  ['RSA of 4096 bits', rsaKey(4096)],
  ['ECDSA of 256 bits', ecdsaKey('P-256')],
  ['ECDSA of 384 bits', ecdsaKey('P-384')],
  ['ECDSA of 521 bits', ecdsaKey('P-521')],
])('takes %s', (_, key) => {
  expect(problemOfPublicKey(key)).toBeUndefined();
});

const line = "must be one line such as 'ssh-ed25519 AAAA... partner@example.com'";

test.each([
  [
    'a private key',
    '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----',
    'is a private key; it must never leave its owner, so make a new pair and give the public half',
  ],
  ['no text', '', line],
  ['a body alone', 'AAAAC3NzaC1lZDI1NTE5', line],
  ['two keys', `${ED25519}\n${ED25519}`, line],
  [
    'DSA',
    'ssh-dss AAAAB3NzaC1kc3M=',
    'must be of type ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384 or ecdsa-sha2-nistp521, not ssh-dss',
  ],
  ['a cut body', ED25519.slice(0, 60), 'is damaged: its body is not that of ssh-ed25519'],
  ['a body of three bytes', 'ssh-ed25519 AAAA', 'is damaged: its body is not that of ssh-ed25519'],
  ['a body of another type', ED25519.replace('ssh-ed25519', 'ssh-rsa'), 'is damaged: its body is not that of ssh-rsa'],
  ['RSA of 2040 bits', rsaKey(2040), 'must have 2048 to 4096 bits, not 2040'],
  ['RSA of 4104 bits', rsaKey(4104), 'must have 2048 to 4096 bits, not 4104'],
])('refuses %s', (_, key, problem) => {
  expect(problemOfPublicKey(key)).toBe(problem);
});

const TYPES = ['ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'];

/**
 * What is wrong with the text of an SSH public key, as the end of a sentence.
 * @see https://docs.aws.amazon.com/transfer/latest/userguide/key-management.html
 */
export function problemOfPublicKey(text: string): string | undefined {
  if (text.includes('PRIVATE KEY')) {
    return 'is a private key; it must never leave its owner, so make a new pair and give the public half';
  }
  const match = /^([a-z0-9-]+) ([A-Za-z0-9+/]+={0,2})( [^\r\n]*)?$/.exec(text.trim());
  if (!match) {
    return "must be one line such as 'ssh-ed25519 AAAA... partner@example.com'";
  }
  const [, type, body] = match;
  if (!TYPES.includes(type)) {
    return `must be of type ${TYPES.slice(0, -1).join(', ')} or ${TYPES.at(-1)}, not ${type}`;
  }
  const [named, ...fields] = fieldsOf(Buffer.from(body, 'base64'));
  if (named?.toString() !== type || fields.length === 0) {
    return `is damaged: its body is not that of ${type}`;
  }
  return type === 'ssh-rsa' ? problemOfModulus(fields[1]) : undefined;
}

function problemOfModulus(modulus: Buffer | undefined): string | undefined {
  const bits = modulus ? bitsOf(modulus) : 0;
  return bits < 2048 || bits > 4096 ? `must have 2048 to 4096 bits, not ${bits}` : undefined;
}

/** SSH writes each field as its length, four bytes, and its bytes. An incomplete field ends the list with nothing. */
function fieldsOf(bytes: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + (at + 4 <= bytes.length ? bytes.readUInt32BE(at) : Number.POSITIVE_INFINITY);
    if (end > bytes.length) {
      return [];
    }
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function bitsOf(number: Buffer): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (number.length - first) * 8 - (Math.clz32(number[first]) - 24);
}

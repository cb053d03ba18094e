/** Reading of a log in place: a call that leaves JavaScript, or a new string, costs more than comparing forty bytes. */

const DOT = 46;

export function startsWith(data: Buffer, prefix: Buffer, at: number): boolean {
  for (let index = 0; index < prefix.length; index++) {
    if (data[at + index] !== prefix[index]) {
      return false;
    }
  }
  return true;
}

/** Where the byte is next, `end` when it is not before that. For what is near. */
export function next(data: Buffer, byte: number, from: number, end: number): number {
  let at = from;
  while (at < end && data[at] !== byte) {
    at++;
  }
  return at;
}

export function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** The whole number that begins at `at`, NaN when none does or `after` does not follow it. */
export function readNumber(data: Buffer, at: number, after: number): number {
  let value = 0;
  let index = at;
  for (; isDigit(data[index]); index++) {
    value = value * 10 + data[index] - 48;
  }
  return index > at && data[index] === after ? value : Number.NaN;
}

/** An IPv4 address as 32 bits with a sign, which JavaScript keeps without an object; NaN when the text is none. */
export function readIpv4(data: Buffer, at: number, end: number): number {
  let address = 0;
  let part = -1;
  let parts = 0;
  for (let index = at; index <= end; index++) {
    const byte = data[index];
    if (index < end && isDigit(byte)) {
      // A leading zero is another notation to some, so it is left to those who read the text.
      if (part === 0) {
        return Number.NaN;
      }
      part = (part < 0 ? 0 : part * 10) + byte - 48;
    } else if (part < 0 || part > 255 || (index < end && byte !== DOT)) {
      return Number.NaN;
    } else {
      address = (address << 8) | part;
      parts++;
      part = -1;
    }
  }
  return parts === 4 ? address : Number.NaN;
}

export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

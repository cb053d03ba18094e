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

/** Texts of eight bytes and more are compared by eight, as a floating-point number: no text is the one that equals nothing. */
const WORD = 8;

/** A text that is looked for again and again. */
export class Known {
  public readonly bytes: Buffer;
  public readonly length: number;
  /** The last one overlaps the one before, so that no byte is left over. */
  public readonly words: Float64Array;

  constructor(text: Uint8Array) {
    this.bytes = Buffer.from(text);
    this.length = text.length;
    const words = this.length < WORD ? 0 : Math.ceil(this.length / WORD);
    this.words = Float64Array.from({ length: words }, (_, index) =>
      this.bytes.readDoubleLE(Math.min(index * WORD, this.length - WORD)),
    );
  }

  public static of(text: string): Known {
    return new Known(Buffer.from(text));
  }
}

/** A piece of a log. */
export class Piece {
  /** Where the last IPv4 address that was read ended. */
  public addressEnd = 0;
  private readonly view: DataView;

  constructor(public readonly data: Buffer) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  /** Whether the text stands at `at`. */
  public has({ bytes, length, words }: Known, at: number): boolean {
    if (words.length === 0 || at + length > this.data.length) {
      return startsWith(this.data, bytes, at);
    }
    const last = words.length - 1;
    for (let index = 0; index < last; index++) {
      if (this.view.getFloat64(at + index * WORD, true) !== words[index]) {
        return false;
      }
    }
    return this.view.getFloat64(at + length - WORD, true) === words[last];
  }

  /**
   * The IPv4 address between `at` and the byte `after`, as 32 bits with a sign, which JavaScript keeps without an object; NaN when
   * there is none.
   */
  public readIpv4(at: number, after: number): number {
    const { data } = this;
    let address = 0;
    let part = -1;
    let parts = 1;
    let index = at;
    for (; data[index] !== after; index++) {
      const byte = data[index];
      if (byte === DOT && part >= 0 && parts < 4) {
        address = (address << 8) | part;
        parts++;
        part = -1;
      } else if (!isDigit(byte) || part === 0) {
        // A leading zero is another notation to some, so it is left to those who read the text.
        return Number.NaN;
      } else {
        part = (part < 0 ? 0 : part * 10) + byte - 48;
      }
      if (part > 255) {
        return Number.NaN;
      }
    }
    this.addressEnd = index;
    return parts === 4 && part >= 0 ? (address << 8) | part : Number.NaN;
  }
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

/** The whole number of exactly so many digits that begins at `at`, NaN when another byte is among them. */
export function readDigits(data: Buffer, at: number, digits: number): number {
  let value = 0;
  for (let index = at; index < at + digits; index++) {
    if (!isDigit(data[index])) {
      return Number.NaN;
    }
    value = value * 10 + data[index] - 48;
  }
  return value;
}

export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

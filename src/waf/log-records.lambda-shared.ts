import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/**
 * Called for each record in place: `data` from `start` to `end` is valid only until it returns. `closed` says that a separator
 * followed, so the record was not cut off by the end of the file.
 */
export type VisitRecord = (data: Buffer, start: number, end: number, closed: boolean) => void;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** Large pieces cost fewer calls; two or three of them are all that is held of a file, however long. */
const PIECE = 256 * 1024;
/** Firehose takes no record over 1,000 KiB: what is longer is none. */
const LONGEST_RECORD = 2 * 1024 * 1024;
const GZIP_MAGIC = [0x1f, 0x8b];

/** The bytes of an object, unpacked when they are gzip, of one member or many, whatever the object's name says. */
export async function* unpacked(body: Readable): AsyncGenerator<Buffer> {
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head = Buffer.alloc(0);
  let ended = false;
  while (head.length < GZIP_MAGIC.length && !ended) {
    const { value, done } = await pieces.next();
    ended = done === true;
    head = done ? head : Buffer.concat([head, value]);
  }
  async function* whole(): AsyncGenerator<Buffer> {
    yield head;
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
      yield next.value;
    }
  }
  if (GZIP_MAGIC.every((byte, index) => head[index] === byte)) {
    // A fault of either side ends the other and reaches the reader of the stream.
    yield* pipeline(whole, createGunzip({ chunkSize: PIECE }), () => {});
  } else {
    yield* whole();
  }
}

/**
 * Splits at line ends, and where `joint` (such as `}{`) shows that two records were written without one; records keep the
 * joint's first byte and the rest begins the next. Gives how many were too long to be records.
 */
export async function forEachRecord(
  pieces: AsyncIterable<Buffer>,
  joint: Buffer | undefined,
  visit: VisitRecord,
): Promise<number> {
  let carried = Buffer.alloc(0);
  let skipping = false;
  let tooLong = 0;
  for await (const piece of pieces) {
    const data = carried.length > 0 ? Buffer.concat([carried, piece]) : piece;
    // No joint can begin before the last byte that the search before has seen.
    let nextJoint = joint ? data.indexOf(joint) : -1;
    let start = 0;
    for (;;) {
      const lineEnd = data.indexOf(LINE_FEED, start);
      const isJoint = nextJoint >= 0 && (lineEnd < 0 || nextJoint < lineEnd);
      if (!isJoint && lineEnd < 0) {
        break;
      }
      const end = isJoint ? nextJoint + 1 : lineEnd;
      if (!skipping) {
        visitTrimmed(data, start, end, visit);
      }
      skipping = false;
      start = isJoint ? end : end + 1;
      if (isJoint) {
        nextJoint = data.indexOf(joint as Buffer, start);
      }
    }
    carried = Buffer.from(data.subarray(start));
    if (skipping || carried.length > LONGEST_RECORD) {
      tooLong += skipping ? 0 : 1;
      skipping = true;
      carried = Buffer.alloc(0);
    }
  }
  if (carried.length > 0) {
    visit(carried, 0, carried.length, false);
  }
  return tooLong;
}

function visitTrimmed(data: Buffer, start: number, end: number, visit: VisitRecord): void {
  const last = end > start && data[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
  if (last > start) {
    visit(data, start, last, true);
  }
}

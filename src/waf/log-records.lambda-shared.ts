import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Piece, startsWith } from './bytes.lambda-shared';

/**
 * Called for each record in place: `data` from `start` to `end` is valid only until it returns. `closed` says that a separator
 * followed, so the record was not cut off by the end of the file. An empty line is an empty record.
 */
export type VisitRecord = (piece: Piece, start: number, end: number, closed: boolean) => void;

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
  expectedJoint: Buffer | undefined,
  visit: VisitRecord,
): Promise<number> {
  let carried = Buffer.alloc(0);
  let skipping = false;
  let tooLong = 0;
  let joint = expectedJoint;
  const afterSkipped: VisitRecord = (piece, start, end, closed) => {
    if (!skipping) {
      visit(piece, start, end, closed);
    }
    skipping = false;
  };
  for await (const piece of pieces) {
    let start = 0;
    if (carried.length > 0) {
      // Only the record that was cut is put together, not the whole piece.
      const lineEnd = piece.indexOf(LINE_FEED);
      start = lineEnd < 0 ? piece.length : lineEnd + 1;
      const head = Buffer.allocUnsafe(carried.length + start);
      head.set(carried);
      head.set(piece.subarray(0, start), carried.length);
      carried = head.subarray(scanRecords(head, 0, joint, skipping ? afterSkipped : visit));
    }
    start = scanRecords(piece, start, joint, skipping ? afterSkipped : visit);
    // Who leaves line ends out does so from the beginning; looking for it everywhere costs as much as all the rest.
    joint = findJoint(piece, joint, 0) < 0 && piece.length >= PIECE ? undefined : joint;
    if (start < piece.length) {
      carried = Buffer.from(piece.subarray(start));
    }
    if (skipping || carried.length > LONGEST_RECORD) {
      tooLong += skipping ? 0 : 1;
      skipping = true;
      carried = Buffer.alloc(0);
    }
  }
  if (carried.length > 0 && !skipping) {
    visit(new Piece(carried), 0, carried.length, false);
  }
  return tooLong;
}

/** Visits the records that end in `data`, and gives where the next begins. */
function scanRecords(data: Buffer, from: number, joint: Buffer | undefined, visit: VisitRecord): number {
  const piece = new Piece(data);
  let start = from;
  let nextJoint = findJoint(data, joint, from);
  for (let lineEnd = data.indexOf(LINE_FEED, start); ; ) {
    if (nextJoint >= 0 && (lineEnd < 0 || nextJoint < lineEnd)) {
      visit(piece, start, nextJoint + 1, true);
      start = nextJoint + 1;
      nextJoint = findJoint(data, joint, start);
    } else if (lineEnd >= 0) {
      visit(piece, start, lineEnd > start && data[lineEnd - 1] === CARRIAGE_RETURN ? lineEnd - 1 : lineEnd, true);
      start = lineEnd + 1;
      lineEnd = data.indexOf(LINE_FEED, start);
    } else {
      return start;
    }
  }
}

/** Node looks for up to six bytes much faster than for more, and of the joint the first few are rare enough. */
function findJoint(data: Buffer, joint: Buffer | undefined, from: number): number {
  const beginning = joint?.subarray(0, 4);
  let at = beginning ? data.indexOf(beginning, from) : -1;
  while (at >= 0 && !startsWith(data, joint as Buffer, at)) {
    at = data.indexOf(beginning as Buffer, at + 1);
  }
  return at;
}

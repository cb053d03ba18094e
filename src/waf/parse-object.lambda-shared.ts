import type { Readable } from 'node:stream';
import { AccessRecordCounter } from './access-record.lambda-shared';
import type { CountStore } from './count-store.lambda-shared';
import { forEachRecord, unpacked } from './log-records.lambda-shared';
import { type OffenceGuards, ofAccessLog, ofWafLog } from './offence-rules.lambda-shared';
import type { OffenceSpec } from './offence-spec';
import type { Offender } from './offenders.lambda-shared';
import { Tally, type WindowCounts } from './tally.lambda-shared';
import { WAF_JOINT, WafRecordCounter } from './waf-record.lambda-shared';

export interface ParsedObject {
  readonly lines: number;
  /** Lines that are no records. */
  readonly poison: number;
  readonly windows: WindowCounts[];
}

/** Counts one object of a web ACL's log. */
export async function parseWafLog(
  body: Readable,
  offences: readonly OffenceSpec[],
  guards: OffenceGuards,
): Promise<ParsedObject> {
  const tally = new Tally(ofWafLog(offences));
  return run(body, tally, new WafRecordCounter(tally, guards), WAF_JOINT);
}

/** Counts one object of a load balancer's access log. */
export async function parseAccessLog(
  body: Readable,
  offences: readonly OffenceSpec[],
  guards: OffenceGuards,
): Promise<ParsedObject> {
  const tally = new Tally(ofAccessLog(offences));
  return run(body, tally, new AccessRecordCounter(tally, guards));
}

/** Those who, with what other objects said of the same window, reached a threshold. */
export async function findOffenders(
  store: CountStore,
  objectId: string,
  windows: readonly WindowCounts[],
): Promise<Offender[]> {
  const offenders: Offender[] = [];
  for (const window of windows) {
    const { offence, start } = window;
    for (const [client, count] of await store.addUp(objectId, window)) {
      if (count >= offence.threshold) {
        const what = `${count} ${offence.kind} in ${offence.windowSeconds / 60} minutes`;
        offenders.push({ client, count, what, expiresAt: start + offence.windowSeconds + offence.blockSeconds });
      }
    }
  }
  return offenders;
}

async function run(
  body: Readable,
  tally: Tally,
  counter: WafRecordCounter | AccessRecordCounter,
  joint?: Buffer,
): Promise<ParsedObject> {
  const tooLong = await forEachRecord(unpacked(body), joint, (piece, start, end, closed) =>
    counter.visit(piece, start, end, closed),
  );
  return { lines: counter.lines + tooLong, poison: counter.poison + tooLong, windows: tally.results() };
}

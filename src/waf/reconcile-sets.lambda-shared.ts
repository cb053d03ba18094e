import { GetIPSetCommand, type Scope, UpdateIPSetCommand, type WAFV2Client } from '@aws-sdk/client-wafv2';
import { log } from '../runtime/logger.lambda-shared';
import type { EntryList } from './entries';
import { backOff } from './entries-store.lambda-shared';
import { countChanges, type SetPlan, sameAddresses } from './reconcile.lambda-shared';

/** One IP set that the writer keeps. */
export interface IpSetTarget {
  readonly name: string;
  readonly id: string;
  readonly scope: Scope;
  readonly list: EntryList;
  readonly family: 4 | 6;
}

export interface SetChange {
  readonly added: number;
  readonly removed: number;
}

export interface SetOptions {
  /** Reads and compares, and writes nothing. */
  readonly dryRun: boolean;
  readonly wait: (attempt: number) => Promise<void>;
}

const ATTEMPTS = 8;
/** Somebody else changed the set meanwhile, or WAF still applies the last change. */
const WORTH_ANOTHER_TRY = ['WAFOptimisticLockException', 'WAFUnavailableEntityException'];
const FOR_REAL: SetOptions = { dryRun: false, wait: backOff };

/**
 * Makes a set hold exactly `wanted`: one read, and one update only if they differ. A stale lock token means that the set
 * changed since the read, so both are done again. Throttling is the client's own matter.
 */
export async function bringUpToDate(
  waf: WAFV2Client,
  target: IpSetTarget,
  wanted: readonly string[],
  options: Partial<SetOptions> = {},
): Promise<SetChange> {
  const { dryRun, wait } = { ...FOR_REAL, ...options };
  const key = { Name: target.name, Id: target.id, Scope: target.scope };
  for (let attempt = 1; ; attempt++) {
    const { IPSet, LockToken } = await waf.send(new GetIPSetCommand(key));
    const actual = IPSet?.Addresses ?? [];
    if (sameAddresses(actual, wanted)) {
      return { added: 0, removed: 0 };
    }
    if (dryRun) {
      return countChanges(actual, wanted);
    }
    try {
      await waf.send(
        // Without its description the update would clear it.
        new UpdateIPSetCommand({ ...key, LockToken, Addresses: [...wanted], Description: IPSet?.Description }),
      );
      return countChanges(actual, wanted);
    } catch (error) {
      if (!(error instanceof Error && WORTH_ANOTHER_TRY.includes(error.name)) || attempt >= ATTEMPTS) {
        throw error;
      }
      await wait(attempt);
    }
  }
}

/**
 * Every set in turn, because WAF allows one update a second; a set that fails does not hold up the others.
 * Gives a line for people per changed set.
 */
export async function bringAllUpToDate(
  waf: Record<Scope, WAFV2Client>,
  targets: readonly IpSetTarget[],
  sets: readonly SetPlan[],
  options: Partial<SetOptions> = {},
): Promise<{ readonly changes: string[]; readonly failed: number }> {
  const changes: string[] = [];
  let failed = 0;
  for (const target of targets) {
    const plan = sets.find(({ list, family }) => list === target.list && family === target.family);
    const wanted = plan?.addresses ?? [];
    const about = { set: target.name, scope: target.scope };
    try {
      if (plan?.refusal) {
        throw new Error(`the set stays as it is: ${plan.refusal}`);
      }
      const change = await bringUpToDate(waf[target.scope], target, wanted, options);
      if (change.added + change.removed > 0) {
        changes.push(describeChange(target, change, wanted.length));
        log.info(options.dryRun ? 'would change' : 'changed', { ...about, ...change, size: wanted.length });
      }
    } catch (error) {
      failed++;
      log.error('not changed', error, about);
    }
  }
  return { changes, failed };
}

/** One line for people, e.g. `BLOCK IPv4 of Test-Set (REGIONAL): 12 added, 3 removed, 340 now`. */
export function describeChange(target: IpSetTarget, change: SetChange, size: number): string {
  const { added, removed } = change;
  return `${target.list} IPv${target.family} of ${target.name} (${target.scope}): ${added} added, ${removed} removed, ${size} now`;
}

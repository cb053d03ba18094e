import { stableNumber } from './ports';

/** A rule of a listener: requests to these names go to this service. */
export interface HostRule {
  readonly id: string;
  readonly service: string;
  readonly hostNames: readonly string[];
  readonly priority: number;
}

/** A rule holds at most five values. */
const VALUES_PER_RULE = 5;
/** Priorities end at 50000; rules with a wildcard stand behind all others, because the first rule that fits wins. */
const EXACT = { first: 1, count: 24_999 };
const WILDCARD = { first: 25_000, count: 25_000 };

/**
 * The rules of the web's listener. A priority follows from the names of its rule: numbering by position would, when a service is
 * added in the middle, ask for priorities that other rules still hold, which a deployment refuses.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
export function hostRules(
  services: readonly { readonly name: string; readonly hostNames: readonly string[] }[],
): HostRule[] {
  const taken = new Set<number>();
  return services.flatMap(({ name, hostNames }) =>
    [
      { kind: 'Exact', band: EXACT, names: hostNames.filter((hostName) => !hostName.startsWith('*')) },
      { kind: 'Wildcard', band: WILDCARD, names: hostNames.filter((hostName) => hostName.startsWith('*')) },
    ].flatMap(({ kind, band, names }) =>
      chunks(names).map((chunk, index) => ({
        id: `${name}${kind}${index + 1}`,
        service: name,
        hostNames: chunk,
        priority: freePriority(`${name} ${chunk.join(' ')}`, band, taken),
      })),
    ),
  );
}

function freePriority(text: string, band: { first: number; count: number }, taken: Set<number>): number {
  let slot = stableNumber(text, band.count);
  while (taken.has(band.first + slot)) {
    slot = (slot + 1) % band.count;
  }
  taken.add(band.first + slot);
  return band.first + slot;
}

function chunks(names: readonly string[]): string[][] {
  const count = Math.ceil(names.length / VALUES_PER_RULE);
  return Array.from({ length: count }, (_, index) =>
    names.slice(index * VALUES_PER_RULE, (index + 1) * VALUES_PER_RULE),
  );
}

import { stableNumber } from './ports';

/** A rule of a listener: requests to these names and paths go to this service. */
export interface HostRule {
  readonly id: string;
  readonly service: string;
  readonly hostNames: readonly string[];
  /** None: every path. */
  readonly paths: readonly string[];
  readonly priority: number;
}

/** A rule holds at most five values. */
const VALUES_PER_RULE = 5;
/**
 * Priorities end at 50000; the first is kept for what is refused, and the first rule that fits wins: rules with paths stand before those without, and rules with a wildcard
 * behind all others.
 */
const BANDS = [
  { wildcard: false, paths: true },
  { wildcard: false, paths: false },
  { wildcard: true, paths: true },
  { wildcard: true, paths: false },
].map((band, index) => ({ ...band, first: 2 + index * 12_499, count: 12_499 }));

/**
 * The rules of the web's listener. A priority follows from the names of its rule: numbering by position would, when a service is
 * added in the middle, ask for priorities that other rules still hold, which a deployment refuses.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
export function hostRules(
  services: readonly {
    readonly name: string;
    readonly hostNames: readonly string[];
    readonly paths: readonly string[];
  }[],
): HostRule[] {
  const taken = new Set<number>();
  return services.flatMap(({ name, hostNames, paths }) =>
    BANDS.filter((band) => band.paths === paths.length > 0).flatMap((band) =>
      chunks(
        hostNames.filter((hostName) => hostName.startsWith('*') === band.wildcard),
        VALUES_PER_RULE - paths.length,
      ).map((chunk, index) => ({
        id: `${name}${band.wildcard ? 'Wildcard' : 'Exact'}${index + 1}`,
        service: name,
        hostNames: chunk,
        paths,
        priority: freePriority(`${name} ${[...chunk, ...paths].join(' ')}`, band, taken),
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

function chunks(names: readonly string[], size: number): string[][] {
  const count = Math.ceil(names.length / size);
  return Array.from({ length: count }, (_, index) => names.slice(index * size, (index + 1) * size));
}

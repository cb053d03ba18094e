import { smallPlatform } from '../integ/small-platform.integ';
import { Inventory, type Item } from '../support/inventory';
import { type Position, positionsOf, sumOf } from './model';
import { everyOption, OPTIONS } from './options';
import { monthly, PRICES, PRICES_OF, type PriceName } from './prices';

/** What one construct of an app costs a month while nobody charges. */
export interface ConstructCost {
  readonly name: string;
  readonly region: string;
  readonly usd: number;
  readonly parts: readonly Position[];
}

/** By construct, the dearest first; what the app defines by itself comes together as one. */
export function costsOf(inventory: Inventory): ConstructCost[] {
  const groups = new Map<string, Item[]>();
  for (const item of inventory.items) {
    const name = item.owner === '' ? 'defined by the app itself' : `\`${item.ownerClass}\` ${item.owner}`;
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return [...groups]
    .map(([name, items]) => {
      const parts = merged(items.flatMap((item) => positionsOf(inventory, item)));
      return { name, region: items[0].region, usd: sumOf(parts), parts };
    })
    .filter(({ usd }) => usd > 0)
    .sort((a, b) => b.usd - a.usd || (a.name < b.name ? -1 : 1));
}

/** The generated part of docs/costs.md. */
export function costTables(example: Inventory): string {
  return [
    '### The example app, `test/integ/charging-platform.integ.ts`',
    constructTable(costsOf(example)),
    '### The development size, `test/integ/small-platform.integ.ts`',
    constructTable(costsOf(Inventory.of(smallPlatform))),
    '### What options change',
    optionTable(Inventory.of(everyOption)),
    `### Prices, as of ${PRICES_OF}`,
    priceTable(),
  ].join('\n\n');
}

function constructTable(costs: ConstructCost[]): string {
  const rows = costs.map(({ name, region, usd, parts }) => [name, region, dollars(usd), parts.map(say).join(', ')]);
  const total = costs.reduce((sum, { usd }) => sum + usd, 0);
  return table(
    ['construct', 'region', 'USD a month', 'of which'],
    [...rows, ['**together**', '', `**${dollars(total)}**`, '']],
  );
}

function optionTable(inventory: Inventory): string {
  const usd = (id: string) =>
    sumOf(
      inventory.items
        .filter(({ path }) => path.startsWith(`${id}/Priced/`))
        .flatMap((item) => positionsOf(inventory, item)),
    );
  const rows = Object.entries(OPTIONS).map(([id, { against, says }]) => {
    const difference = against === undefined ? 0 : usd(id) - usd(against);
    const sign = difference < 0 ? '−' : '+';
    return [says, against === undefined ? dollars(usd(id)) : `${sign} ${dollars(Math.abs(difference))}`];
  });
  return table(['construct or option', 'USD a month'], rows);
}

function priceTable(): string {
  const rows = (Object.keys(PRICES) as PriceName[]).map((name) => {
    const price: (typeof PRICES)[PriceName] & { everywhere?: boolean; checked?: boolean } = PRICES[name];
    const where = price.everywhere ? 'every region' : 'us-east-1';
    return [
      price.of,
      `${price.usd} per ${price.per}`,
      where,
      price.checked ? 'yes' : 'no',
      `[${new URL(price.source).pathname.split('/')[1]}](${price.source})`,
    ];
  });
  return table(['piece', 'USD', 'price of', 'compared', 'source'], rows);
}

function merged(positions: readonly Position[]): Position[] {
  const sums = new Map<PriceName, number>();
  for (const [name, count] of positions) {
    sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return [...sums].sort(([a, m], [b, n]) => monthly(b) * n - monthly(a) * m || (a < b ? -1 : 1));
}

function say([name, count]: Position): string {
  return `${count} × ${PRICES[name].of
    .split(',')
    .slice(0, PRICES[name].of.startsWith('machine') ? 2 : 1)
    .join(',')}`;
}

export function dollars(usd: number): string {
  return usd.toFixed(2);
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

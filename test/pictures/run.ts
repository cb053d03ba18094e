import * as fs from 'node:fs';
import * as path from 'node:path';
import { COSTS_PAGE, costsPage } from '../cost/page';
import { costTables } from '../cost/table';
import { chargingPlatform } from '../integ/charging-platform.integ';
import { Inventory } from '../support/inventory';
import { PICTURES } from './pictures';

const TARGET = path.join(__dirname, '..', '..', 'docs', 'pictures');

/** Writes anew what the documentation shows of the example app: every picture, and the tables of costs. */
async function main(): Promise<void> {
  const inventory = Inventory.of(chargingPlatform);
  fs.mkdirSync(TARGET, { recursive: true });
  for (const [name, draw] of Object.entries(PICTURES)) {
    fs.writeFileSync(path.join(TARGET, name), await draw(inventory));
    console.log(`docs/pictures/${name}`);
  }
  fs.writeFileSync(COSTS_PAGE, costsPage(costTables(inventory)));
  console.log('docs/costs.md');
}

void main();

import * as fs from 'node:fs';
import * as path from 'node:path';
import { chargingPlatform } from '../integ/charging-platform.integ';
import { Inventory } from '../support/inventory';
import { PICTURES } from './pictures';

const TARGET = path.join(__dirname, '..', '..', 'docs', 'pictures');

/** Writes every picture, or those named, anew. */
async function main(wanted: readonly string[]): Promise<void> {
  const inventory = Inventory.of(chargingPlatform);
  fs.mkdirSync(TARGET, { recursive: true });
  for (const [name, draw] of Object.entries(PICTURES)) {
    if (wanted.length === 0 || wanted.includes(name)) {
      fs.writeFileSync(path.join(TARGET, name), await draw(inventory));
      console.log(`docs/pictures/${name}`);
    }
  }
}

void main(process.argv.slice(2));

import * as fs from 'node:fs';
import * as path from 'node:path';
import { chargingPlatform } from '../integ/charging-platform.integ';
import { PICTURES } from '../pictures/pictures';
import { Inventory } from '../support/inventory';

const DOCS = path.join(__dirname, '..', '..', 'docs');

/** Whatever is stale is written anew by `npx projen docs:pictures`; look at it before you commit it. */
describe('what the documentation shows of the example app', () => {
  const inventory = Inventory.of(chargingPlatform);

  test.each(Object.keys(PICTURES))('%s is what the templates say', async (name) => {
    const drawn = await PICTURES[name](inventory);
    expect(fs.readFileSync(path.join(DOCS, 'pictures', name), 'utf8') === drawn).toBe(true);
  });

  test('every picture has a maker', () => {
    expect(fs.readdirSync(path.join(DOCS, 'pictures')).filter((name) => !(name in PICTURES))).toEqual([]);
  });
});

import * as fs from 'node:fs';
import * as path from 'node:path';

export const COSTS_PAGE = path.join(__dirname, '..', '..', 'docs', 'costs.md');

const GENERATED = /(<!-- costs:begin -->\n)[\s\S]*(<!-- costs:end -->)/;

/** The page of costs with these tables in it, whatever stood there before. */
export function costsPage(tables: string): string {
  return fs.readFileSync(COSTS_PAGE, 'utf8').replace(GENERATED, (_, begin, end) => `${begin}\n${tables}\n\n${end}`);
}

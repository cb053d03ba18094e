import * as fs from 'node:fs';
import type { OffenceSpec } from '../../src/waf/offence-spec';
import { parseWafLog } from '../../src/waf/parse-object.lambda-shared';

/** Parses the file that it is given and prints its memory before and at its largest, in MiB. */
const OFFENCE: OffenceSpec = { kind: 'requests', threshold: 100, windowSeconds: 300, blockSeconds: 14_400 };

async function main(): Promise<void> {
  const idle = process.memoryUsage().rss / 2 ** 20;
  await parseWafLog(fs.createReadStream(process.argv[2]), [OFFENCE], {
    directHosts: ['*'],
    chargePointHosts: [],
  });
  // The kernel's own mark, in KiB.
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ idle, peak }));
}

void main();

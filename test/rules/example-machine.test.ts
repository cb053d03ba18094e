import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import type * as s3_assets from 'aws-cdk-lib/aws-s3-assets';
import { chargingPlatform } from '../integ/charging-platform.integ';

const GOLDEN = path.join(__dirname, '..', 'fixtures', 'golden', 'example-machine');

/** Programs are copied as they stand in `src/machine/agent`. */
const PROGRAM = /\.py$/;

/**
 * What stands on the machines of the example app, as people have read it and found it right. `UPDATE_GOLDEN=1` writes it anew, for people to
 * read the difference.
 */
test("the files of the example app's machines are the golden ones", () => {
  const app = new App();
  chargingPlatform(app);
  const platform = app.node.findChild('ChargingPlatform') as Stack;
  const bundle = platform.node.findChild('Fleet').node.findChild('Files').node.findChild('Bundle') as s3_assets.Asset;
  const folder = path.join(app.synth().directory, `asset.${bundle.assetHash}`);
  if (process.env.UPDATE_GOLDEN) {
    fs.rmSync(GOLDEN, { recursive: true, force: true });
    fs.cpSync(folder, GOLDEN, { recursive: true, filter: (file) => !PROGRAM.test(file) });
  }
  expect(filesOf(folder)).toEqual(filesOf(GOLDEN));
});

function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => fs.statSync(path.join(folder, name)).isFile())
      .filter((name) => !PROGRAM.test(name))
      .sort()
      .map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')]),
  );
}

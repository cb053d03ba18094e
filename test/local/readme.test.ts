import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pageText } from '../support/doc-commands';
import { describeWith, EMULATOR } from '../support/engines';
import { CdkCli } from './cdk-cli';
import { Emulator } from './emulator/launcher';
import { demandSuccess } from './local-platform';

const ROOT = path.join(__dirname, '..', '..');
const TSX = path.join(ROOT, 'node_modules', '.bin', 'tsx');
const EXAMPLES = [...pageText('README.md').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code);

/** A user's own folder, with the packages that the examples import. */
function userFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'readme-'));
  fs.mkdirSync(path.join(folder, 'node_modules'));
  for (const name of ['aws-cdk-lib', 'constructs']) {
    fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(folder, 'node_modules', name));
  }
  fs.symlinkSync(ROOT, path.join(folder, 'node_modules', 'cdk-charging-platform'));
  return folder;
}

describeWith([EMULATOR], 'the examples of README.md, as they stand there', () => {
  let folder: string;
  let emulator: Emulator;

  beforeAll(async () => {
    folder = userFolder();
    emulator = await Emulator.start({ folder });
  }, 120_000);

  afterAll(async () => {
    await emulator?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test('are two', () => expect(EXAMPLES).toHaveLength(2));

  test.each(EXAMPLES.map((code, index) => [index + 1, code] as const))(
    'example %d is deployed by the plain CDK CLI, which asks for the zones of the account first',
    async (number, code) => {
      const file = path.join(folder, `app-${number}.ts`);
      fs.writeFileSync(file, code);
      const cli = new CdkCli(emulator, `${TSX} ${file}`);
      demandSuccess('cdk bootstrap', await cli.bootstrap('eu-south-2', 'eu-west-1'));
      demandSuccess('cdk deploy', await cli.deploy());
      const zones = JSON.parse(fs.readFileSync(path.join(folder, 'cdk.context.json'), 'utf8'));
      expect(Object.keys(zones)).toEqual(['availability-zones:account=111122223333:region=eu-south-2']);
    },
    400_000,
  );
});

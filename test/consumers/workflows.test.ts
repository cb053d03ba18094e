import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { describeWith } from '../support/engines';
import { run } from '../support/engines/run';
import { ROOT } from './artefacts';
import { GO } from './languages';

const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';

describeWith([GO], 'actionlint', () => {
  const folder = path.join(ROOT, '.github', 'workflows');
  // What shell there is, projen wrote; that is judged elsewhere.
  const lint = (...files: string[]) =>
    run('go', ['run', ACTIONLINT, '-shellcheck=', '-pyflakes=', ...files], {}, os.tmpdir());

  test('finds nothing in the workflows', async () => {
    expect(await lint(...fs.readdirSync(folder).map((name) => path.join(folder, name)))).not.toContain('error');
  }, 180_000);

  test('finds an expression that does not exist', async () => {
    const broken = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'workflow-')), 'broken.yml');
    const text = fs.readFileSync(path.join(folder, 'integration.yml'), 'utf8');
    fs.writeFileSync(broken, text.replace('github.run_number', 'github.run_numbre'));
    await expect(lint(broken)).rejects.toThrow('property "run_numbre" is not defined');
  }, 60_000);
});

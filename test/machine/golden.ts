import * as fs from 'node:fs';
import * as path from 'node:path';

const FOLDER = path.join(__dirname, '..', 'fixtures', 'golden', 'machine');

/** Files that people have read and found right, by path. `UPDATE_GOLDEN=1` writes them anew, for people to read the difference. */
export function expectGolden(files: Readonly<Record<string, string>>): void {
  if (process.env.UPDATE_GOLDEN) {
    fs.rmSync(FOLDER, { recursive: true, force: true });
    for (const [name, content] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(FOLDER, name)), { recursive: true });
      fs.writeFileSync(path.join(FOLDER, name), content);
    }
  }
  expect(files).toEqual(goldenFiles());
}

function goldenFiles(): Record<string, string> {
  const names = fs
    .readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => fs.statSync(path.join(FOLDER, name)).isFile());
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(FOLDER, name), 'utf8')]));
}

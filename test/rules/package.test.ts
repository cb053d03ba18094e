import { spawnSync } from 'node:child_process';
import * as path from 'node:path';

interface PackedFile {
  readonly path: string;
}

test('the package holds what users need and nothing else, whatever lies about in the checkout', () => {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: path.join(__dirname, '..', '..'),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const [{ files }]: { readonly files: PackedFile[] }[] = JSON.parse(stdout);
  const places = new Set(files.map((file) => file.path.split('/')[0]));
  expect([...places].sort()).toEqual([
    '.jsii',
    'API.md',
    'LICENSE',
    'README.es.md',
    'README.md',
    'assets',
    'lib',
    'node_modules',
    'package.json',
  ]);
  expect(files.map((file) => file.path).filter((name) => name.includes('.lambda.js'))).toEqual([]);
}, 60_000);

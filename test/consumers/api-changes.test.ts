import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as zlib from 'node:zlib';
import { breakingChanges, lastRelease } from './api-changes';
import { ROOT } from './artefacts';

/** A release that had one more method, which today's API therefore lacks. */
let older: string;

beforeAll(() => {
  older = fs.mkdtempSync(path.join(os.tmpdir(), 'older-release-'));
  const text = fs.readFileSync(path.join(ROOT, '.jsii'), 'utf8');
  const { filename } = JSON.parse(text);
  const assembly = JSON.parse(filename ? zlib.gunzipSync(fs.readFileSync(path.join(ROOT, filename))).toString() : text);
  assembly.types['cdk-charging-platform.ResilientMysql'].methods.push({ name: 'sing' });
  fs.writeFileSync(path.join(older, '.jsii'), JSON.stringify(assembly));
  fs.copyFileSync(path.join(ROOT, 'package.json'), path.join(older, 'package.json'));
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(older, 'node_modules'));
});

afterAll(() => fs.rmSync(older, { recursive: true, force: true }));

test('today is compatible with itself', async () => {
  expect(await breakingChanges(ROOT, ROOT)).toBe('');
}, 60_000);

test('a method that went away is named, with the key by which a review lets it pass', async () => {
  const changes = await breakingChanges(older, ROOT);
  expect(changes).toContain('cdk-charging-platform.ResilientMysql');
  const [, key] = /\[(removed:[^\]]+sing)\]/.exec(changes) ?? [];
  const reviewed = path.join(older, 'reviewed');
  fs.writeFileSync(reviewed, `# Nobody sang.\n${key}\n`);
  expect(await breakingChanges(older, ROOT, reviewed)).toBe('');
}, 60_000);

test('a clone without releases is told from one with', () => {
  expect(lastRelease(os.tmpdir())).toBeUndefined();
});

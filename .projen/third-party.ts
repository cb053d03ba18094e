import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..');
const ASSETS = path.join(ROOT, 'assets');
const DEVELOPMENT = 'cdx:npm:package:development';

/** A package of somebody else that travels in ours. */
export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

interface Component {
  readonly name: string;
  readonly version: string;
  readonly properties?: { readonly name: string }[];
}
interface BillOfMaterials {
  readonly components: Component[];
}

/** What esbuild put into the Lambda functions: it names each file before its code. */
export function insideFunctions(): ThirdParty[] {
  const bundles = fs
    .readdirSync(ASSETS, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'index.js')
    .map((file) => fs.readFileSync(path.join(ASSETS, file), 'utf8'));
  const folders = bundles.flatMap((text) =>
    [...text.matchAll(/^\s*\/\/ (\S*node_modules\/(?:@[^/]+\/)?[^/]+)\/\S+$/gm)].map(([, folder]) => folder),
  );
  return [...new Set(folders)].map((folder) => thirdParty(path.join(ROOT, folder))).sort(byName);
}

/** `bundledDependencies`, which npm packs as they are. */
export function insidePackage(): ThirdParty[] {
  const { bundledDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  return (bundledDependencies as string[])
    .map((name) => thirdParty(path.join(ROOT, 'node_modules', name)))
    .sort(byName);
}

/** The licences of what is inside the functions; a package that npm packs brings its own. */
export function licenses(): string {
  const intro = 'The Lambda functions in this folder contain code of these packages.\n';
  return [intro, ...insideFunctions().map((one) => `${one.name} ${one.version} (${one.license})\n\n${one.text}`)].join(
    `\n${'-'.repeat(80)}\n\n`,
  );
}

/** npm takes what only building needs for development; part of it ends in the functions, and one name and version may stand for two copies. */
export function billOfMaterials(): BillOfMaterials {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const bill: BillOfMaterials = JSON.parse(
    execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
  );
  const shipped = new Set([...insideFunctions(), ...insidePackage()].map(({ name, version }) => `${name}@${version}`));
  const components = bill.components.map((component) =>
    shipped.has(`${component.name}@${component.version}`)
      ? { ...component, properties: component.properties?.filter(({ name }) => name !== DEVELOPMENT) }
      : component,
  );
  return { ...bill, components };
}

/** Names and versions of what a bill says is in the package. */
export function shippedBy({ components }: BillOfMaterials): string[] {
  return components
    .filter(({ properties = [] }) => !properties.some(({ name }) => name === DEVELOPMENT))
    .map(({ name, version }) => `${name}@${version}`)
    .sort();
}

function thirdParty(folder: string): ThirdParty {
  const { name, version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
  if (file === undefined) {
    throw new Error(`${name} is inside a Lambda function and has no file with its licence`);
  }
  return { name, version, license, text: fs.readFileSync(path.join(folder, file), 'utf8') };
}

function byName(a: ThirdParty, b: ThirdParty): number {
  return a.name < b.name ? -1 : 1;
}

function main(what: string, file: string): void {
  fs.writeFileSync(file, what === 'licenses' ? licenses() : `${JSON.stringify(billOfMaterials(), undefined, 2)}\n`);
}

if (require.main === module) {
  main(process.argv[2], process.argv[3]);
}

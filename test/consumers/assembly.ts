import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** What CloudFormation and its buckets get of an assembly: templates as text, and each file of an asset by its hash. */
export type AssemblyFiles = Readonly<Record<string, string>>;

/** Where an app of a folder writes its assembly; nothing of an earlier one is left there. */
export function emptyAssembly(folder: string): string {
  const assembly = path.join(folder, 'cdk.out');
  fs.rmSync(assembly, { recursive: true, force: true });
  return assembly;
}

export function filesOf(assembly: string): AssemblyFiles {
  const files = fs
    .readdirSync(assembly, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.template.json') || file.startsWith('asset.'))
    .filter((file) => fs.statSync(path.join(assembly, file)).isFile())
    .sort();
  return Object.fromEntries(
    files.map((file) => {
      const content = fs.readFileSync(path.join(assembly, file));
      const text = file.endsWith('.template.json');
      return [file, text ? content.toString() : createHash('sha256').update(content).digest('hex')];
    }),
  );
}

/** Type of each resource by stack and logical id: what must stay for an upgrade to replace nothing. */
export function resourcesOf(files: AssemblyFiles): Readonly<Record<string, string>> {
  const templates = Object.entries(files).filter(([file]) => file.endsWith('.template.json'));
  return Object.fromEntries(
    templates.flatMap(([file, text]) =>
      Object.entries<{ Type: string }>(JSON.parse(text).Resources).map(([id, { Type }]) => [`${file} ${id}`, Type]),
    ),
  );
}

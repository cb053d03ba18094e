import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

const ROOT = path.join(__dirname, '..', '..');
const PUBLIC_ROOMS = ['backup', 'database', 'dns', 'edge', 'fleet', 'mail', 'monitoring', 'network', 'sftp', 'waf'];
const INTERNAL_ROOMS = ['machine', 'private', 'runtime'];
/** What every room may import of others: the interface of monitoring, and the shared ground. */
const SHARED = ['monitoring/api', 'machine/', 'private/', 'runtime/'];

interface SourceFile {
  /** Path below `src`, e.g. `waf/log-parser.lambda.ts`. */
  readonly name: string;
  readonly room: string;
  readonly text: string;
  readonly lines: number;
  /** Imported modules: packages by name, own files as paths below `src` without extension. */
  readonly imports: string[];
}

const files = list(path.join(ROOT, 'src')).map(read);
const isHandler = (file: SourceFile) => file.name.endsWith('.lambda.ts');
const isRuntime = (file: SourceFile) => isHandler(file) || file.name.endsWith('.lambda-shared.ts');
const isGenerated = (file: SourceFile) => file.name.endsWith('-function.ts');
const written = files.filter((file) => !isGenerated(file));

test('src holds the rooms of the architecture and nothing else', () => {
  const rooms = [...new Set(files.filter((file) => file.room !== '').map((file) => file.room))].sort();
  expect(rooms).toEqual([...PUBLIC_ROOMS, ...INTERNAL_ROOMS].sort());
  expect(files.filter((file) => file.room === '').map((file) => file.name)).toEqual(['index.ts']);
});

test('src/index.ts exports each public room once, flat', () => {
  const index = files.find((file) => file.name === 'index.ts');
  expect(index?.text).toBe(PUBLIC_ROOMS.map((room) => `export * from './${room}';\n`).join(''));
});

test('rooms do not import each other', () => {
  const trespasses = written
    .filter((file) => file.room !== '')
    .flatMap((file) =>
      file.imports
        .filter((name) => isOwn(name) && roomOf(name) !== file.room)
        .filter((name) => !SHARED.some((shared) => name === shared || (shared.endsWith('/') && inFolder(name, shared))))
        .map((name) => `${file.name} imports ${name}`),
    );
  expect(trespasses).toEqual([]);
});

test('the shared ground does not import rooms', () => {
  const trespasses = written
    .filter((file) => ['private', 'runtime', 'machine'].includes(file.room))
    .flatMap((file) =>
      file.imports
        .filter((name) => isOwn(name) && PUBLIC_ROOMS.includes(roomOf(name)) && name !== 'monitoring/api')
        .map((name) => `${file.name} imports ${name}`),
    );
  expect(trespasses).toEqual([]);
});

test('runtime code never imports the CDK, and of its room only runtime code and plain constants', () => {
  const isPlain = (name: string) => files.find((file) => file.name === `${name}.ts`)?.imports.length === 0;
  const trespasses = written
    .filter(isRuntime)
    .flatMap((file) =>
      file.imports
        .filter((name) =>
          isOwn(name)
            ? !(name.endsWith('.lambda-shared') || isPlain(name))
            : name.startsWith('aws-cdk-lib') || name === 'constructs',
        )
        .map((name) => `${file.name} imports ${name}`),
    );
  expect(trespasses).toEqual([]);
});

test('synth code imports neither the SDK nor runtime code', () => {
  const trespasses = written
    .filter((file) => !isRuntime(file))
    .flatMap((file) =>
      file.imports
        .filter((name) => name.startsWith('@aws-sdk/') || name.startsWith('@smithy/') || name.includes('.lambda'))
        .map((name) => `${file.name} imports ${name}`),
    );
  expect(trespasses).toEqual([]);
});

test('machine/ is pure text: it imports itself and a YAML library', () => {
  const trespasses = written
    .filter((file) => file.room === 'machine')
    .flatMap((file) => file.imports.filter((name) => name !== 'yaml' && roomOf(name) !== 'machine'))
    .filter((name, index, all) => all.indexOf(name) === index);
  expect(trespasses).toEqual([]);
});

test('what is generated or internal is not published', () => {
  const exported = files
    .filter((file) => path.basename(file.name) === 'index.ts' && PUBLIC_ROOMS.includes(file.room))
    .flatMap((file) => file.imports.map((name) => `${file.room}: ${name}`))
    .filter((line) => /-function$|\.lambda|constants$|\/(machine|private|runtime)\//.test(line));
  expect(exported).toEqual([]);
});

test('each public room has an index and says its decisions', () => {
  for (const room of PUBLIC_ROOMS) {
    expect(fs.existsSync(path.join(ROOT, 'src', room, 'index.ts'))).toBe(true);
    expect({ room, decisions: fs.existsSync(path.join(ROOT, 'src', room, 'DESIGN.md')) }).toEqual({
      room,
      decisions: true,
    });
  }
});

/** Files over 300 lines, each with the reason that a review accepted. */
const LONG_FILES: Record<string, string> = {};

test('files stay short: 300 lines, or a reason; 500 never; handlers 80', () => {
  const long = written.filter((file) => file.lines > 300 && !(file.name in LONG_FILES));
  expect(long.map((file) => `${file.name}: ${file.lines} lines`)).toEqual([]);
  expect(written.filter((file) => file.lines > 500).map((file) => file.name)).toEqual([]);
  expect(written.filter((file) => isHandler(file) && file.lines > 80).map((file) => file.name)).toEqual([]);
});

test('the list of long files is not stale', () => {
  const long = written.filter((file) => file.lines > 300).map((file) => file.name);
  expect(Object.keys(LONG_FILES).filter((name) => !long.includes(name))).toEqual([]);
});

test('file names tell their role: lower case, words joined by hyphens', () => {
  const role = /^([a-z0-9]+(-[a-z0-9]+)*)(\.lambda|\.lambda-shared)?\.ts$/;
  expect(files.filter((file) => !role.test(path.basename(file.name))).map((file) => file.name)).toEqual([]);
});

test('tests mirror src', () => {
  const rooms = [...PUBLIC_ROOMS, ...INTERNAL_ROOMS];
  const orphans = list(path.join(ROOT, 'test'))
    .map((file) => path.relative(path.join(ROOT, 'test'), file))
    .filter((name) => rooms.includes(name.split(path.sep)[0]) && name.endsWith('.test.ts'))
    .filter((name) => !files.some((file) => file.name === name.replace(/\.test\.ts$/, '.ts')));
  expect(orphans).toEqual([]);
});

test('synth is pure: no clock, randomness, network or environment', () => {
  const impure = /\bDate\.now\(|new Date\(\)|Math\.random\(|process\.env\b|\brandomUUID\(|from 'node:(http|https|net)'/;
  const trespasses = written.filter((file) => !isRuntime(file) && impure.test(file.text)).map((file) => file.name);
  expect(trespasses).toEqual([]);
});

function list(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
    .sort();
}

function read(file: string): SourceFile {
  const src = path.join(ROOT, 'src');
  const name = path.relative(src, file);
  const text = fs.readFileSync(file, 'utf8');
  const imports = ts
    .preProcessFile(text)
    .importedFiles.map(({ fileName }) =>
      fileName.startsWith('.') ? path.relative(src, path.resolve(path.dirname(file), fileName)) : fileName,
    );
  return {
    name,
    room: name.includes(path.sep) ? name.split(path.sep)[0] : '',
    text,
    lines: text.trimEnd().split('\n').length,
    imports,
  };
}

function isOwn(name: string): boolean {
  return files.some((file) => file.name === `${name}.ts` || file.name === `${name}/index.ts`);
}

function inFolder(name: string, folder: string): boolean {
  return `${name}/`.startsWith(folder);
}

function roomOf(name: string): string {
  return name.split('/')[0];
}

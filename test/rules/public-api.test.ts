import * as fs from 'node:fs';
import * as path from 'node:path';
import * as zlib from 'node:zlib';

/** The public API as every language sees it: the assembly that the compiler wrote last. */
const ROOT = path.join(__dirname, '..', '..');
const ASSEMBLY = path.join(ROOT, '.jsii');

interface TypeReference {
  readonly primitive?: string;
  readonly fqn?: string;
  readonly collection?: { readonly elementtype: TypeReference };
  readonly union?: { readonly types: TypeReference[] };
}
interface Docs {
  readonly summary?: string;
  readonly default?: string;
}
interface Property {
  readonly name: string;
  readonly type: TypeReference;
  readonly optional?: boolean;
  readonly immutable?: boolean;
  readonly overrides?: string;
  readonly docs?: Docs;
}
interface Method {
  readonly name: string;
  readonly docs?: Docs;
  readonly overrides?: string;
  readonly parameters?: { readonly name: string; readonly type: TypeReference; readonly docs?: Docs }[];
  readonly returns?: { readonly type: TypeReference };
}
interface ApiType {
  readonly name: string;
  readonly fqn: string;
  readonly kind: 'class' | 'interface' | 'enum';
  readonly datatype?: boolean;
  readonly docs?: Docs;
  readonly initializer?: Omit<Method, 'name'>;
  readonly properties?: Property[];
  readonly methods?: Method[];
  readonly members?: { readonly name: string; readonly docs?: Docs }[];
}

const types: ApiType[] = Object.values(readAssembly().types);
const structs = types.filter((type) => type.datatype);

test('the assembly is not older than the code', () => {
  const newest = Math.max(
    ...fs
      .readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => fs.statSync(path.join(ROOT, 'src', name)).mtimeMs),
  );
  expect(fs.statSync(ASSEMBLY).mtimeMs).toBeGreaterThan(newest);
});

test('every optional prop documents its real default', () => {
  const silent = structs.flatMap((type) =>
    (type.properties ?? [])
      .filter((property) => property.optional)
      .filter(({ docs }) => docs?.default === undefined || /^(-\s*)?(undefined|none)\b/i.test(docs.default))
      .map((property) => `${type.name}.${property.name}`),
  );
  expect(silent).toEqual([]);
});

test('no any, no unions, no L1 types', () => {
  const loose = everyUse().filter(({ names }) =>
    names.some((name) => name === 'any' || name === 'union' || /\.Cfn[A-Z]/.test(name)),
  );
  expect(loose.map(({ where, names }) => `${where}: ${names.join(' ')}`)).toEqual([]);
});

test('everything has a summary', () => {
  const silent = types.flatMap((type) => [
    ...(type.docs?.summary ? [] : [type.name]),
    ...(type.properties ?? []).filter(undocumented).map((property) => `${type.name}.${property.name}`),
    ...(type.methods ?? []).filter(undocumented).map((method) => `${type.name}.${method.name}()`),
    ...(type.members ?? []).filter(undocumented).map((member) => `${type.name}.${member.name}`),
  ]);
  expect(silent).toEqual([]);
});

test('props take no ARNs, secrets, ids or physical names as strings', () => {
  const stringly = structs.flatMap((type) =>
    (type.properties ?? [])
      .filter((property) => property.type.primitive === 'string')
      .filter(
        ({ name }) =>
          /(arn|password|token|secret)$/i.test(name) ||
          /^(bucket|table|role|function|topic|queue|db|plan|vault)Name$/i.test(name),
      )
      .map((property) => `${type.name}.${property.name}`),
  );
  expect(stringly).toEqual([]);
});

test('no member is called props or configuration', () => {
  const leaked = types.flatMap((type) =>
    (type.properties ?? [])
      .filter(({ name }) => ['props', 'configuration'].includes(name))
      .map((property) => `${type.name}.${property.name}`),
  );
  expect(leaked).toEqual([]);
});

test('structs end in Props, Options or Attributes and hold at most 20 props', () => {
  expect(structs.filter(({ name }) => !/(Props|Options|Attributes)$/.test(name)).map(({ name }) => name)).toEqual([]);
  expect(structs.filter(({ properties }) => (properties ?? []).length > 20).map(({ name }) => name)).toEqual([]);
});

test('parameters have names, which a destructured one has not: Java could not compile it', () => {
  const nameless = types.flatMap((type) =>
    [type.initializer, ...(type.methods ?? [])]
      .flatMap((method) => method?.parameters ?? [])
      .filter(({ name }) => !/^[a-z]\w*$/i.test(name))
      .map(({ name }) => `${type.name} ${name}`),
  );
  expect(nameless).toEqual([]);
});

test('behaviour interfaces begin with I', () => {
  const misnamed = types.filter((type) => type.kind === 'interface' && !type.datatype && !/^I[A-Z]/.test(type.name));
  expect(misnamed.map(({ name }) => name)).toEqual([]);
});

test('the five names that the owner fixed are there', () => {
  expect(types.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'ChargingPlatformNetwork',
      'DockerizedServiceFleet',
      'ResilientMysql',
      'SpanishBackupPolicy',
      'WafLogAnalytics',
    ]),
  );
});

test('string parameters of closed choices are enums or classes, not words', () => {
  const sources = fs
    .readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'));
  // jsii accepts a union of string literals and turns it into a bare string for every other language.
  const literals = sources.flatMap((name) =>
    fs
      .readFileSync(path.join(ROOT, 'src', name), 'utf8')
      .split('\n')
      .filter((line) => /^\s*(public )?(readonly )?\w+\??: ('[^']*' \| )+'[^']*';/.test(line))
      .map((line) => `${name}: ${line.trim()}`)
      .filter(() => structs.some((type) => fileOf(type) === name)),
  );
  expect(literals).toEqual([]);
});

function fileOf(type: ApiType): string | undefined {
  const location = (type as unknown as { locationInModule?: { filename: string } }).locationInModule;
  return location?.filename.replace(/^src\//, '');
}

function undocumented(member: { readonly docs?: Docs; readonly overrides?: string }): boolean {
  return !member.docs?.summary && !member.overrides;
}

function everyUse(): { readonly where: string; readonly names: string[] }[] {
  return types.flatMap((type) => [
    ...(type.properties ?? []).map((property) => ({
      where: `${type.name}.${property.name}`,
      names: namesIn(property.type),
    })),
    ...(type.methods ?? []).map((method) => ({
      where: `${type.name}.${method.name}()`,
      names: [...(method.parameters ?? []).map((parameter) => parameter.type), method.returns?.type].flatMap(namesIn),
    })),
  ]);
}

function namesIn(type: TypeReference | undefined): string[] {
  if (!type) {
    return [];
  }
  return [
    ...(type.primitive ? [type.primitive] : []),
    ...(type.fqn ? [type.fqn] : []),
    ...namesIn(type.collection?.elementtype),
    ...(type.union ? ['union', ...type.union.types.flatMap(namesIn)] : []),
  ];
}

function readAssembly(): { readonly types: Record<string, ApiType> } {
  const content = JSON.parse(fs.readFileSync(ASSEMBLY, 'utf8'));
  return content.schema === 'jsii/file-redirect'
    ? JSON.parse(zlib.gunzipSync(fs.readFileSync(path.join(ROOT, content.filename))).toString())
    : content;
}

import * as fs from 'node:fs';
import * as path from 'node:path';
import type { App } from 'aws-cdk-lib';
import * as ts from 'typescript';

const ROOT = path.join(__dirname, '..', '..');
const PAGES = ['README.md', ...fs.readdirSync(path.join(ROOT, 'docs')).map((file) => `docs/${file}`)].filter((file) =>
  file.endsWith('.md'),
);

/** Each block of TypeScript in the pages, as a file that is a user's own. */
const examples = new Map(
  PAGES.flatMap((page) => {
    const text = fs.readFileSync(path.join(ROOT, page), 'utf8');
    return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(({ 1: code, index }) => {
      const line = text.slice(0, index).split('\n').length;
      return [path.join(ROOT, 'test', `${page.replace('/', '-')}-line-${line}.ts`), code] as const;
    });
  }),
);

it('every example in README and docs is a complete program that compiles as a user compiles it', () => {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    moduleDetection: ts.ModuleDetectionKind.Force,
    types: ['node'],
    paths: { 'cdk-charging-platform': [path.join(ROOT, 'lib', 'index.d.ts')] },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => examples.has(file) || fileExists(file);
  host.getSourceFile = (file, version, ...rest) => {
    const code = examples.get(file);
    return code === undefined ? getSourceFile(file, version, ...rest) : ts.createSourceFile(file, code, version);
  };
  const program = ts.createProgram([...examples.keys()], options, host);

  expect(examples.size).toBeGreaterThan(PAGES.length);
  expect(
    ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
      const line = file === undefined ? '' : file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
      return `${path.basename(file?.fileName ?? '')}, line ${line} of it: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    }),
  ).toEqual([]);
}, 60_000);

const apps = [...examples].filter(([, code]) => code.includes('new App()'));

it('every page of a construct has an example that is a whole app', () => {
  const shown = new Set(apps.map(([file]) => path.basename(file).replace(/-line-\d+\.ts$/, '')));
  const without = PAGES.map((page) => page.replace('/', '-')).filter((page) => !shown.has(page));
  expect(without).toEqual(['docs-costs.md', 'docs-restore.md', 'docs-runbook.es.md', 'docs-runbook.md']);
});

it.each(apps.map(([file, code]) => [path.basename(file), code]))(
  '%s synthesises without an error or a warning of ours',
  (_file, code) => {
    const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
    const load = (name: string) => require(name === 'cdk-charging-platform' ? '../../src' : name);
    const app: App = new Function('require', 'exports', `${outputText}\nreturn app;`)(load, {});
    const assembly = app.synth();
    const said = assembly.stacks.flatMap(({ messages }) => messages.map(({ entry }) => String(entry.data)));
    // The CDK's own advice on references between regions is for the owner of the app.
    expect(said.filter((text) => !text.startsWith('No cross-stack-reference strength configured'))).toEqual([]);
    const types = assembly.stacks.flatMap(({ template }) =>
      Object.values<{ Type: string }>(template.Resources).map(({ Type }) => Type),
    );
    // A new account has no role by which API Gateway writes logs, and refuses the stage without.
    expect(types.includes('AWS::ApiGateway::Account')).toBe(types.includes('AWS::ApiGateway::Stage'));
    fs.rmSync(assembly.directory, { recursive: true });
  },
  60_000,
);

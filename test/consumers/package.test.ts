import * as fs from 'node:fs';
import * as path from 'node:path';
import { artefacts } from './artefacts';
import { FLOOR, NodeConsumer } from './node';

const MEBIBYTE = 1024 * 1024;

/** Every file of the installed package, with its size. */
let files: { readonly name: string; readonly size: number }[];
let folder: string;

beforeAll(async () => {
  const consumer = await NodeConsumer.install('npm', 'npm', FLOOR);
  folder = path.join(consumer.folder, 'node_modules', 'cdk-charging-platform');
  files = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ name, stat: fs.statSync(path.join(folder, name)) }))
    .filter(({ stat }) => stat.isFile())
    .map(({ name, stat }) => ({ name, size: stat.size }));
}, 300_000);

test('the tarball weighs at most 2 MiB', async () => {
  const { tarball } = await artefacts();
  expect(fs.statSync(tarball).size).toBeLessThanOrEqual(2 * MEBIBYTE);
});

test('no tests, no sources of ours, no source maps beside or inside the code', () => {
  const ours = files.filter(({ name }) => !name.startsWith('node_modules/'));
  const needless = ours.filter(
    ({ name }) => /\.(map|test\.js|lambda\.js)$/.test(name) || /^(src|test)\//.test(name) || /(?<!\.d)\.ts$/.test(name),
  );
  expect(needless).toEqual([]);
  const mapped = ours
    .filter(({ name }) => name.endsWith('.js'))
    .filter(({ name }) => fs.readFileSync(path.join(folder, name), 'utf8').includes('sourceMappingURL'));
  expect(mapped).toEqual([]);
});

describe('.NET, whose packages only a release builds', () => {
  let project: string;

  beforeAll(async () => {
    project = path.join((await artefacts()).code, 'dotnet', 'CdkChargingPlatform');
  });

  test('the project takes the CDK from its floor up', () => {
    const text = fs.readFileSync(path.join(project, 'CdkChargingPlatform.csproj'), 'utf8');
    expect(text).toContain('<PackageId>CdkChargingPlatform</PackageId>');
    expect(text).toContain(`<PackageReference Include="Amazon.CDK.Lib" Version="[${FLOOR['aws-cdk-lib']},3.0.0)" />`);
  });

  test('the five names that the owner fixed are classes with props as C# writes them', () => {
    const code = path.join(project, 'CdkChargingPlatform');
    for (const name of [
      'ChargingPlatformNetwork',
      'DockerizedServiceFleet',
      'ResilientMysql',
      'SpanishBackupPolicy',
      'WafLogAnalytics',
    ]) {
      const text = fs.readFileSync(path.join(code, `${name}.cs`), 'utf8');
      expect(text).toMatch(new RegExp(`public class ${name} : .*Construct`));
    }
    expect(fs.readFileSync(path.join(code, 'DockerizedServiceFleetProps.cs'), 'utf8')).toContain('? OcppIdleTimeout');
  });
});

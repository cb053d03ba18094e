import * as fs from 'node:fs';
import * as path from 'node:path';
import { renderMachine, renderUserData } from '../../src/machine';
import { renderEnvironment } from '../../src/machine/user-data';
import { machine, service } from './fixture';
import { expectGolden } from './golden';

const AGENT = path.join(__dirname, '..', '..', 'src', 'machine', 'agent');
const PROGRAMS = '/usr/local/lib/charging-platform/';

test('a machine of five services is made of the golden files, and of the programs as they are', () => {
  const files = renderMachine(machine());
  const programs = files.filter(({ path: target }) => target.endsWith('.py'));
  const rest = files.filter((file) => !programs.includes(file));
  expectGolden({
    ...Object.fromEntries(rest.map(({ path: target, content }) => [target.slice(1), content])),
    'user-data.yaml': renderUserData({
      environmentFiles: [
        renderEnvironment('machine', { AWS_REGION: 'eu-south-2', LOG_GROUP: 'Logs', IMAGE_API: 'example/api:1.4.2' }),
        renderEnvironment('api', { LOG_LEVEL: 'info' }),
      ],
      assetBucket: 'assets',
      assetKey: 'bundle.zip',
      region: 'eu-south-2',
    }),
  });
  const sources = fs.readdirSync(AGENT).filter((name) => name.endsWith('.py'));
  expect(Object.fromEntries(programs.map(({ path: target, content }) => [target, content]))).toEqual(
    Object.fromEntries(sources.map((name) => [PROGRAMS + name, fs.readFileSync(path.join(AGENT, name), 'utf8')])),
  );
});

test('two renderings are the same', () => {
  expect(renderMachine(machine())).toEqual(renderMachine(machine()));
});

test('files stand at absolute paths, once each, and only scripts may be run', () => {
  const files = renderMachine(machine());
  expect(new Set(files.map(({ path: target }) => target)).size).toBe(files.length);
  for (const { path: target, mode, content } of files) {
    expect(target).toMatch(/^\//);
    expect(mode).toBe(content.startsWith('#!') ? '0755' : '0644');
    expect(content).toMatch(/\n$/);
  }
});

test('a machine without jobs has no timer and no unit for them', () => {
  const names = renderMachine(machine({ services: [service()] })).map(({ path: target }) => target);
  expect(names.filter((name) => name.includes('job') && !name.endsWith('.py'))).toEqual([]);
});

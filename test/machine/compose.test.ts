import { parse } from 'yaml';
import { renderCompose } from '../../src/machine/compose';
import { machine, service } from './fixture';

function composed(changes = {}) {
  return parse(renderCompose(machine({ services: [service(changes)] })));
}

test('each replica is a service of its own with a port on the loopback address only', () => {
  const { services } = parse(renderCompose(machine()));
  expect(Object.keys(services)).toEqual([
    ...['back-office-1', 'api-1', 'api-2', 'ocpp-1', 'ocpp-2', 'ocpp-3', 'ocpp-4', 'ocpi-1', 'jobs'],
  ]);
  expect(services['api-2'].ports).toEqual(['127.0.0.1:20657:8080']);
  expect(services.jobs.ports).toBeUndefined();
});

test('limits are those of the service, without swap', () => {
  const { services } = composed({ cpus: 1.5, memoryMiB: 768, stopGraceSeconds: 45 });
  expect(services['api-1']).toMatchObject({
    cpus: 1.5,
    mem_limit: '768m',
    memswap_limit: '768m',
    stop_grace_period: '45s',
  });
});

test('nothing of a secret stands in it: the environment is a file in memory', () => {
  const text = renderCompose(machine());
  expect(text).not.toContain('DATABASE_PASSWORD');
  expect(composed().services['api-1'].env_file).toEqual(['/run/charging-platform/api.env']);
});

test.each(['a\nb', 'a;b', '{', '"', '$HOME', 'A', ''])('refuses the name %j', (name) => {
  expect(() => composed({ name })).toThrow("'name' must ");
});

test('says which name of a variable it refuses', () => {
  expect(() => composed({ imageVariable: 'X:-$(id)' })).toThrow(
    `'imageVariable' must be an upper case name, got "X:-$(id)"`,
  );
});

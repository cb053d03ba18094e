import { hostRules } from '../../src/fleet/routing';

const service = (name: string, hostNames: string[], paths: string[] = []) => ({ name, hostNames, paths });
const names = (count: number, prefix = 'a') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}.example.com`);

test('a rule holds five values at most, of names and paths together', () => {
  expect(hostRules([service('api', names(6))]).map(({ hostNames }) => hostNames.length)).toEqual([5, 1]);
  const withPaths = hostRules([service('api', names(5), ['/a', '/b', '/c'])]);
  expect(withPaths.map(({ hostNames, paths }) => [hostNames.length, paths.length])).toEqual([
    [2, 3],
    [2, 3],
    [1, 3],
  ]);
});

test('exact names stand before wildcards, and paths before none', () => {
  const rules = hostRules([
    service('wild', ['*.example.com']),
    service('exact', ['api.example.com']),
    service('wildPath', ['*.example.com'], ['/v2/*']),
    service('path', ['api.example.com'], ['/v2/*']),
  ]);
  const order = [...rules].sort((a, b) => a.priority - b.priority).map((rule) => rule.service);
  expect(order).toEqual(['path', 'exact', 'wildPath', 'wild']);
});

test('a service in the middle changes no priority of others', () => {
  const before = hostRules([service('api', names(3)), service('ocpi', names(3, 'o'))]);
  const after = hostRules([service('api', names(3)), service('new', names(3, 'n')), service('ocpi', names(3, 'o'))]);
  expect(after.filter((rule) => rule.service !== 'new')).toEqual(before);
});

test('two hundred names have priorities of their own, from 2 to 50000', () => {
  const rules = hostRules(
    Array.from({ length: 10 }, (_, index) =>
      service(`s${index}`, [...names(19, `s${index}-`), `*.s${index}.example.com`]),
    ),
  );
  const priorities = rules.map(({ priority }) => priority);
  expect(new Set(priorities).size).toBe(priorities.length);
  expect(Math.min(...priorities)).toBeGreaterThanOrEqual(2);
  expect(Math.max(...priorities)).toBeLessThanOrEqual(50_000);
});

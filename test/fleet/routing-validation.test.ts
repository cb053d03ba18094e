import { DockerService, OcppEndpoint } from '../../src/fleet';
import { validateRouting } from '../../src/fleet/routing-validation';
import { newStack } from '../support/stacks';
import { API, IMAGE, OCPP } from './fixture';

const stack = newStack();
const web = (name: string, hostNames: string[], paths?: string[]) =>
  DockerService.web({ name, image: IMAGE, hostNames, paths });
const check =
  (...services: DockerService[]) =>
  () =>
    validateRouting(
      stack,
      services.map(({ _definition }) => _definition),
    );

test.each<[string, string, DockerService, DockerService]>([
  ['api.example.com', 'api.example.com', web('a', ['api.example.com']), web('b', ['api.example.com'])],
  ['*.example.com', '*.example.com', web('a', ['*.example.com']), web('b', ['*.example.com'])],
  ['*.example.com', '*.b.example.com', web('a', ['*.example.com']), web('b', ['*.b.example.com'])],
  ['*.b.example.com', '*.example.com', web('a', ['*.b.example.com']), web('b', ['*.example.com'])],
  [
    'x.example.com/v2/*',
    'x.example.com/v2/*',
    web('a', ['x.example.com'], ['/v2/*']),
    web('b', ['x.example.com'], ['/v2/*']),
  ],
  [
    'x.example.com/v2/*',
    'x.example.com/v2/b',
    web('a', ['x.example.com'], ['/v2/*']),
    web('b', ['x.example.com'], ['/v2/b']),
  ],
])('refuses %s beside %s', (first, second, a, b) => {
  expect(check(a, b)).toThrow(
    new Error(
      `[Test] 'services' must not claim the same requests, got '${first}' of 'a' and '${second}' of 'b'; give the narrower one its host names without wildcard, or paths that do not overlap`,
    ),
  );
});

test.each<[string, DockerService, DockerService]>([
  ['an exact name below a wildcard', web('a', ['*.example.com']), web('b', ['b.example.com'])],
  ['paths of a name beside the name', API, web('b', ['api.example.com'], ['/v2/*'])],
  ['paths that differ', web('a', ['x.example.com'], ['/v1/*']), web('b', ['x.example.com'], ['/v2/*'])],
  ['a name that ends alike', web('a', ['*.example.com']), web('b', ['*.anexample.com'])],
  ['dots that are dots', web('a', ['x.example.com'], ['/a.b']), web('b', ['x.example.com'], ['/axb'])],
])('accepts %s', (_what, a, b) => {
  expect(check(a, b)).not.toThrow();
});

test('refuses a name that would have to lead to two load balancers', () => {
  expect(check(OCPP, web('b', ['ocpp.example.com']))).toThrow(
    new Error(
      "[Test] 'hostName' of an OcppEndpoint must not be among 'hostNames' too, got 'ocpp.example.com': a name leads to one load balancer",
    ),
  );
});

test('one name may have endpoints on several ports', () => {
  const hostName = 'ocpp.example.com';
  expect(
    check(
      DockerService.ocpp({
        image: IMAGE,
        endpoints: [OcppEndpoint.plain({ hostName }), OcppEndpoint.tls({ hostName })],
      }),
    ),
  ).not.toThrow();
});

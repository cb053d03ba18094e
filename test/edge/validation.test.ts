import { Duration } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type { WebDistributionProps } from '../../src/edge';
import { EdgeFixture } from './support';

const define = (props: Partial<WebDistributionProps>) => () => new EdgeFixture().distribution(props);
const longest = `${'a'.repeat(63)}.example.com`;

test.each([
  ['API.example.com', "'hostNames' must be DNS names in lower case such as api.example.com, got 'API.example.com'"],
  ['api', "'hostNames' must be DNS names in lower case such as api.example.com, got 'api'"],
  ['api.example.com.', "'hostNames' must be DNS names in lower case such as api.example.com, got 'api.example.com.'"],
  [`a${longest}`, `'hostNames' must be DNS names in lower case such as api.example.com, got 'a${longest}'`],
])('refuses %s as host name', (name, message) => {
  expect(define({ hostNames: [name] })).toThrow(`[Platform/Cdn] ${message}`);
});

test.each(['api.example.com', '*.example.com', longest])('takes %s as host name', (name) => {
  expect(define({ hostNames: [name] })).not.toThrow();
});

const names = (count: number) => Array.from({ length: count }, (_, index) => `h${index}.example.com`);

test.each([0, 101])('refuses %d host names', (count) => {
  expect(define({ hostNames: names(count) })).toThrow(
    `[Platform/Cdn] 'hostNames' must hold 1 to 100 names, got ${count}`,
  );
});

test.each([1, 100])('takes %d host names', (count) => {
  expect(define({ hostNames: names(count) })).not.toThrow();
});

test('refuses a host name given twice', () => {
  expect(define({ hostNames: ['api.example.com', 'api.example.com'] })).toThrow(
    "[Platform/Cdn] 'hostNames' names 'api.example.com' twice; once is enough",
  );
});

test.each(['ocpp.example.com', 'ocpp-secure.example.com'])('refuses %s: OCPP does not pass CloudFront', (name) => {
  expect(define({ hostNames: [name] })).toThrow(
    `[Platform/Cdn] 'hostNames' must not hold '${name}': charge points keep WebSockets open for days and pin fixed addresses, which CloudFront has not; point the name at the fleet's network load balancer`,
  );
});

test.each(['ocpi.example.com', 'docs-ocpp.example.com'])('takes %s', (name) => {
  expect(define({ hostNames: [name] })).not.toThrow();
});

test.each(['*.example.com', 'origin'])('refuses %s as name of the origin', (originHostName) => {
  expect(define({ originHostName })).toThrow(
    `[Platform/Cdn] 'originHostName' must be one DNS name that the certificate of the load balancer covers, got '${originHostName}'`,
  );
});

test.each(['originReadTimeout', 'originKeepaliveTimeout'])('bounds %s', (prop) => {
  for (const seconds of [0, 121]) {
    expect(define({ [prop]: Duration.seconds(seconds) })).toThrow(
      `[Platform/Cdn] '${prop}' must be 1 to 120 seconds, got ${seconds}; CloudFront allows more only after a raised quota, so answer long work asynchronously`,
    );
  }
  for (const seconds of [1, 120]) {
    expect(define({ [prop]: Duration.seconds(seconds) })).not.toThrow();
  }
});

test.each(['static/*', '/static', '/*', '/a b/*', '/st?tic/*'])('refuses %s as path of static files', (staticPath) => {
  expect(define({ staticPath })).toThrow(
    `[Platform/Cdn] 'staticPath' must be a path pattern such as /static/*, below the root, got '${staticPath}'`,
  );
});

test.each(['/static/*', '/app-1.2/assets/*'])('takes %s as path of static files', (staticPath) => {
  expect(define({ staticPath })).not.toThrow();
});

describe('certificate', () => {
  const withNames = (domainName: string, subjectAlternativeNames: string[], hostNames: string[]) => () => {
    const fixture = new EdgeFixture();
    const certificate = new acm.Certificate(fixture.edge, 'Own', { domainName, subjectAlternativeNames });
    return fixture.distribution({ certificate, hostNames });
  };

  test.each([
    ['example.com', [], 'api.example.com'],
    ['*.example.com', [], 'example.com'],
    ['*.example.com', ['example.com'], 'api.dev.example.com'],
    ['api.example.com', ['ocpi.example.com'], '*.example.com'],
  ])('of %s and %j does not cover %s', (domainName, alternatives, hostName) => {
    expect(withNames(domainName, alternatives, [hostName])).toThrow(
      `[Platform/Cdn] 'certificate' must cover each of 'hostNames', but '${hostName}' is not covered by ${[domainName, ...alternatives].join(', ')}; add it to the certificate`,
    );
  });

  test.each([
    ['api.example.com', [], 'api.example.com'],
    ['example.com', ['*.example.com'], 'api.example.com'],
    ['*.example.com', [], '*.example.com'],
  ])('of %s and %j covers %s', (domainName, alternatives, hostName) => {
    expect(withNames(domainName, alternatives, [hostName])).not.toThrow();
  });

  test('that is imported is taken at its word', () => {
    const fixture = new EdgeFixture();
    const arn = 'arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-555555555555';
    const certificate = acm.Certificate.fromCertificateArn(fixture.platform, 'Imported', arn);
    expect(() => fixture.distribution({ certificate, hostNames: ['www.example.org'] })).not.toThrow();
  });
});

test.each(['/static/', '/unavailable.html', 'unavailable.html', '/static/not here.html'])(
  'refuses %s as page',
  (unavailablePage) => {
    expect(define({ unavailablePage })).toThrow(
      `[Platform/Cdn] 'unavailablePage' must be a file below 'staticPath' such as /static/unavailable.html, got '${unavailablePage}'; elsewhere it would come from the services that do not answer`,
    );
  },
);

test('takes a page below the static path', () => {
  expect(define({ unavailablePage: '/static/pages/unavailable.html' })).not.toThrow();
});

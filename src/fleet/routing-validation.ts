import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { ServiceDefinition } from './service-definition';

/** A request as one service claims it. */
interface Claim {
  readonly service: string;
  readonly hostName: string;
  /** None: every path. */
  readonly path?: string;
}

/**
 * Refuses two services that claim the same requests with equal right. Exact names go before wildcards and paths before none; between two
 * wildcards, or two paths, a load balancer would take the rule that happens to stand first.
 */
export function validateRouting(scope: Construct, services: readonly ServiceDefinition[]): void {
  const webNames = services.flatMap(({ hostNames }) => hostNames);
  const endpoints = services.flatMap((service) => service.endpoints);
  const both = endpoints.find(({ hostName }) => !Token.isUnresolved(hostName) && webNames.includes(hostName));
  if (both) {
    throw invalid(
      scope,
      `'hostName' of an OcppEndpoint must not be among 'hostNames' too, got '${both.hostName}': a name leads to one load balancer`,
    );
  }
  const claims = services.flatMap(claimsOf).filter((claim) => !Token.isUnresolved(Object.values(claim).join('')));
  claims.forEach((claim, index) => {
    const rival = claims.slice(0, index).find((other) => other.service !== claim.service && compete(other, claim));
    if (rival) {
      throw invalid(
        scope,
        `'services' must not claim the same requests, got '${spelled(rival)}' of '${rival.service}' and '${spelled(claim)}' of '${claim.service}'; give the narrower one its host names without wildcard, or paths that do not overlap`,
      );
    }
  });
}

function claimsOf({ name, hostNames, paths }: ServiceDefinition): Claim[] {
  return hostNames.flatMap((hostName) =>
    paths.length === 0 ? [{ service: name, hostName }] : paths.map((path) => ({ service: name, hostName, path })),
  );
}

function compete(a: Claim, b: Claim): boolean {
  const sameKind = a.hostName.startsWith('*') === b.hostName.startsWith('*');
  if (!sameKind || !overlap(a.hostName, b.hostName)) {
    return false;
  }
  return a.path === undefined || b.path === undefined ? a.path === b.path : overlap(a.path, b.path);
}

/** Whether one pattern covers the other, as a load balancer reads `*` and `?`. */
function overlap(a: string, b: string): boolean {
  return covers(a, b) || covers(b, a);
}

function covers(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
}

function spelled({ hostName, path = '' }: Claim): string {
  return hostName + path;
}

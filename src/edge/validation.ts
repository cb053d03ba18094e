import { ArnFormat, type Duration, Stack, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type { aws_wafv2 } from 'aws-cdk-lib/interfaces';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import { EDGE_REGION } from './metrics';

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const HOST_NAME = new RegExp(`^(\\*\\.)?(${LABEL}\\.)+${LABEL}$`);

export function validateHostNames(scope: Construct, hostNames: string[]): void {
  if (hostNames.length === 0 || hostNames.length > 100) {
    throw invalid(scope, `'hostNames' must hold 1 to 100 names, got ${hostNames.length}`);
  }
  for (const [index, name] of hostNames.entries()) {
    if (Token.isUnresolved(name)) {
      continue;
    }
    if (!HOST_NAME.test(name) || name.length > 253) {
      throw invalid(scope, `'hostNames' must be DNS names in lower case such as api.example.com, got '${name}'`);
    }
    if (hostNames.indexOf(name) !== index) {
      throw invalid(scope, `'hostNames' names '${name}' twice; once is enough`);
    }
    validateNotOcpp(scope, name);
  }
}

/** The only sign of a charge point's host is its name, so the convention of the library's own examples is taken at its word. */
function validateNotOcpp(scope: Construct, name: string): void {
  if (/^ocpp/.test(name)) {
    throw invalid(
      scope,
      `'hostNames' must not hold '${name}': charge points keep WebSockets open for days and pin fixed addresses, which CloudFront has not; ` +
        "point the name at the fleet's network load balancer",
    );
  }
}

export function validateOriginHostName(scope: Construct, name: string): void {
  if (!Token.isUnresolved(name) && (!HOST_NAME.test(name) || name.startsWith('*'))) {
    throw invalid(
      scope,
      `'originHostName' must be one DNS name that the certificate of the load balancer covers, got '${name}'`,
    );
  }
}

export function validateCertificate(scope: Construct, certificate: acm.ICertificate): void {
  const inArn = Stack.of(scope).splitArn(certificate.certificateArn, ArnFormat.SLASH_RESOURCE_NAME).region;
  const region = Token.isUnresolved(certificate.certificateArn) ? certificate.env.region : inArn;
  if (region !== undefined && !Token.isUnresolved(region) && region !== EDGE_REGION) {
    throw invalid(
      scope,
      `'certificate' must be of region ${EDGE_REGION}, the only one CloudFront takes certificates from, got one of '${region}'; ` +
        `define it in a stack of ${EDGE_REGION}`,
    );
  }
}

/** An alias that its certificate does not cover is refused by CloudFront. What another stack imported by ARN cannot be seen. */
export function validateCovered(scope: Construct, hostNames: string[], certificate: acm.ICertificate): void {
  const resource = certificate.node.defaultChild;
  if (!(resource instanceof acm.CfnCertificate)) {
    return;
  }
  const names = [resource.domainName, ...(resource.subjectAlternativeNames ?? [])];
  const bare = hostNames.find(
    (hostName) => !Token.isUnresolved(hostName) && !names.some((name) => covers(name, hostName)),
  );
  if (bare) {
    throw invalid(
      scope,
      `'certificate' must cover each of 'hostNames', but '${bare}' is not covered by ${names.join(', ')}; add it to the certificate`,
    );
  }
}

/** A wildcard stands for one label. */
function covers(name: string, hostName: string): boolean {
  return (
    Token.isUnresolved(name) ||
    name === hostName ||
    (name.startsWith('*.') && name.slice(2) === hostName.slice(hostName.indexOf('.') + 1))
  );
}

/** The region tells the scope of most web ACLs: the L1 keeps its scope in a token. */
export function validateWebAcl(scope: Construct, webAcl: aws_wafv2.IWebACLRef): void {
  const { region } = webAcl.env;
  const { scope: aclScope } = webAcl.webAclRef;
  if (!Token.isUnresolved(region) && region !== EDGE_REGION) {
    throw invalid(
      scope,
      `'webAcl' must be of scope CLOUDFRONT and so of region ${EDGE_REGION}, got one of '${region}'; a regional web ACL protects the load balancer`,
    );
  }
  if (!Token.isUnresolved(aclScope) && aclScope !== 'CLOUDFRONT') {
    throw invalid(
      scope,
      `'webAcl' must be of scope CLOUDFRONT, got ${aclScope}; a regional web ACL protects the load balancer`,
    );
  }
}

export function validateOriginTimeout(scope: Construct, prop: string, value: Duration): void {
  if (value.isUnresolved()) {
    return;
  }
  const seconds = value.toSeconds();
  if (seconds < 1 || seconds > 120) {
    throw invalid(
      scope,
      `'${prop}' must be 1 to 120 seconds, got ${seconds}; CloudFront allows more only after a raised quota, so answer long work asynchronously`,
    );
  }
}

export function validateStaticPath(scope: Construct, path: string): void {
  if (!/^\/[A-Za-z0-9_~$./@:+-]*\*$/.test(path) || path === '/*') {
    throw invalid(scope, `'staticPath' must be a path pattern such as /static/*, below the root, got '${path}'`);
  }
}

export function validateUnavailablePage(scope: Construct, page: string | undefined, staticPath: string): void {
  if (page === undefined || Token.isUnresolved(page)) {
    return;
  }
  const folder = staticPath.slice(0, -1);
  if (!page.startsWith(folder) || page === folder || !/^[A-Za-z0-9_~$./@:+-]*$/.test(page)) {
    throw invalid(
      scope,
      `'unavailablePage' must be a file below 'staticPath' such as ${folder}unavailable.html, got '${page}'; elsewhere it would come from the services that do not answer`,
    );
  }
}

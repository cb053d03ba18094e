import { type Duration, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import { insteadOf } from './regions';

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const DOMAIN = new RegExp(`^(${LABEL}\\.)+${LABEL}$`);

export function validateRegion(scope: Construct): void {
  const { region } = Stack.of(scope);
  const near = Token.isUnresolved(region) ? undefined : insteadOf(region);
  if (near) {
    throw invalid(scope, `PlatformMail cannot be in '${region}', which has no SES; define it in a stack of ${near}`);
  }
}

export function validateDomain(scope: Construct, domain: string): void {
  if (Token.isUnresolved(domain) || !DOMAIN.test(domain) || domain.length > 253) {
    const got = Token.isUnresolved(domain) ? 'a token' : `'${domain}'`;
    throw invalid(scope, `'domain' must be a domain in lower case known at synth, such as example.com, got ${got}`);
  }
}

export function validateInZone(scope: Construct, domain: string, zoneName: string): void {
  if (!Token.isUnresolved(zoneName) && domain !== zoneName && !domain.endsWith(`.${zoneName}`)) {
    throw invalid(
      scope,
      `'domain' must be '${zoneName}' or below it, the zone that its records go to, got '${domain}'; give the zone of '${domain}' or none`,
    );
  }
}

export function validateMailFromLabel(scope: Construct, label: string): void {
  if (!Token.isUnresolved(label) && !new RegExp(`^${LABEL}$`).test(label)) {
    throw invalid(scope, `'mailFromLabel' must be one DNS label in lower case such as bounce, got '${label}'`);
  }
}

export function validateReportAddress(scope: Construct, address: string): void {
  if (!Token.isUnresolved(address) && !/^[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}$/.test(address)) {
    throw invalid(scope, `'dmarcReports' must be a mail address such as dmarc@example.com, got '${address}'`);
  }
}

export function validateAuditRetention(scope: Construct, value: Duration): void {
  if (!value.isUnresolved() && value.toDays({ integral: false }) < 1) {
    throw invalid(scope, `'auditRetention' must be at least 1 day, got ${value.toHours({ integral: false })} hours`);
  }
}

import type { Stack } from 'aws-cdk-lib';
import { resourcesOf } from '../support/stacks';

/** One zone of a template, as text that any DNS server reads. */
export interface RenderedZone {
  readonly name: string;
  readonly text: string;
}

/** What stands for an address that AWS gives an alias when it is asked. */
export const ALIAS = { A: '192.0.2.1', AAAA: '2001:db8:ffff::1' };

type Json = ReturnType<typeof JSON.parse>;

/**
 * The hosted zones of a stack with the records that the stack defines in them. Route 53 takes values as zone files write them, so they
 * are passed on as they stand. Of a failover the primary record is taken.
 */
export function zonesOf(stack: Stack): RenderedZone[] {
  const records = resourcesOf(stack, 'AWS::Route53::RecordSet').map(([, { Properties }]) => Properties);
  return resourcesOf(stack, 'AWS::Route53::HostedZone').map(([id, { Properties: zone }]) => ({
    name: zone.Name,
    text: [
      `$ORIGIN ${zone.Name}`,
      // Route 53 writes these two itself.
      '@ 60 IN SOA ns hostmaster 1 60 60 60 60',
      '@ 60 IN NS ns-1.awsdns-01.net.',
      ...records
        .filter(({ HostedZoneId, Failover }) => HostedZoneId.Ref === id && Failover !== 'SECONDARY')
        .flatMap(linesOf),
      '',
    ].join('\n'),
  }));
}

function linesOf({ Type, Name, ResourceRecords, AliasTarget }: Json): string[] {
  const values: string[] = AliasTarget ? [ALIAS[Type as keyof typeof ALIAS]] : ResourceRecords.map(literal);
  const complete = ['CNAME', 'MX', 'PTR'].includes(Type) ? absolute : (value: string) => value;
  return values.map((value) => `${absolute(literal(Name))} 60 IN ${Type} ${complete(value)}`);
}

/** DKIM's names and values are SES's own, told at deployment: `DkimDNSTokenName1` stands for itself. */
function literal(value: Json): string {
  const attribute: string | undefined = value['Fn::GetAtt']?.[1];
  if (attribute === undefined) {
    return value;
  }
  const token = `token${attribute.slice(-1)}`;
  return attribute.includes('Name') ? `${token}._domainkey.example.com` : `${token}.dkim.amazonses.com`;
}

/** To Route 53 a name without a final dot is complete; to a zone file it is not. */
function absolute(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}

import { Stack } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type * as ses from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { acrossRegions } from '../private/cross-region';

export interface MailRecordsProps {
  readonly zone: route53.IPublicHostedZone;
  readonly identity: ses.EmailIdentity;
  readonly domain: string;
  readonly mailFromDomain: string;
  /** Text of the DMARC record. */
  readonly dmarc: string;
}

/** DNS records by which receivers recognise the platform's mail. Route 53 is global: the zone's stack may be of another region. */
export class MailRecords extends Construct {
  private readonly hostedZoneId: string;

  constructor(scope: Construct, id: string, props: MailRecordsProps) {
    super(scope, id);
    this.hostedZoneId = acrossRegions(this, props.zone, props.zone.hostedZoneId);
    const { identity, domain, mailFromDomain } = props;
    const dkim = new Construct(this, 'Dkim');
    for (const [index, { name, value }] of identity.dkimRecords.entries()) {
      this.add(dkim, `${index + 1}`, 'CNAME', name, value);
    }
    this.add(this, 'MailFromMx', 'MX', `${mailFromDomain}.`, `10 feedback-smtp.${Stack.of(this).region}.amazonses.com`);
    this.add(this, 'MailFromSpf', 'TXT', `${mailFromDomain}.`, '"v=spf1 include:amazonses.com ~all"');
    this.add(this, 'Dmarc', 'TXT', `_dmarc.${domain}.`, `"${props.dmarc}"`);
  }

  /** The L1, because a DKIM record's name is a token and the L2 would add the zone's name to it. */
  private add(scope: Construct, id: string, type: string, name: string, value: string): void {
    new route53.CfnRecordSet(scope, id, {
      hostedZoneId: this.hostedZoneId,
      type,
      name,
      resourceRecords: [value],
      ttl: '1800',
    });
  }
}

import { Duration } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { FailoverOptions } from './failover-options';

/**
 * A pair of records of each kind that both sides answer, and the check that decides between them. Records are L1: the L2 demands
 * that each side evaluate its target's health, which Route 53 refuses for CloudFront.
 */
export class Failover extends Construct {
  public readonly healthCheck: route53.HealthCheck;

  constructor(scope: Construct, id: string, zone: route53.IHostedZone, hostName: string, options: FailoverOptions) {
    super(scope, id);
    this.healthCheck = new route53.HealthCheck(this, 'HealthCheck', {
      type: route53.HealthCheckType.HTTPS,
      fqdn: options.checkedHostName,
      port: 443,
      resourcePath: options.checkedPath ?? '/',
      requestInterval: Duration.seconds(30),
      failureThreshold: options.failureThreshold ?? 3,
      enableSNI: true,
    });
    const primary = options.primary._bind(this);
    const secondary = options.secondary._bind(this);
    // A kind that only one side answers would send its clients to that side, healthy or not.
    const types = primary.ipv6 && secondary.ipv6 ? ['A', 'AAAA'] : ['A'];
    for (const type of types) {
      const record = { hostedZoneId: zone.hostedZoneId, name: `${hostName}.`, type };
      new route53.CfnRecordSet(this, `Primary${type}`, {
        ...record,
        aliasTarget: { ...primary.alias, evaluateTargetHealth: primary.hasOwnHealth },
        failover: 'PRIMARY',
        setIdentifier: 'primary',
        healthCheckId: this.healthCheck.healthCheckId,
      });
      // The last resort is given out whatever Route 53 thinks of its health.
      new route53.CfnRecordSet(this, `Secondary${type}`, {
        ...record,
        aliasTarget: { ...secondary.alias, evaluateTargetHealth: false },
        failover: 'SECONDARY',
        setIdentifier: 'secondary',
      });
    }
  }
}

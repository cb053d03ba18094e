import { Duration, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { AlertSeverity, type IOperatorAlerts } from '../monitoring/api';
import { Alarms } from '../private/alarms';
import { acrossRegions } from '../private/cross-region';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { HEALTH_REGION, healthMetric } from './metrics';
import type { PlatformDns } from './platform-dns';

/** Properties of `PlatformDnsTelemetry`. */
export interface PlatformDnsTelemetryProps {
  /** Names whose failover is watched; its stack may be of any region. Call `addFailover` before. */
  readonly dns: PlatformDns;
  /** Where alarms go: alerts of us-east-1. */
  readonly alerts: IOperatorAlerts;
}

/**
 * Alarms of failover: AWS keeps the metrics of Route 53's health checks in us-east-1, wherever the names are defined.
 *
 * It holds no data; on removal nobody is told of a failover, which happens all the same.
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
 */
export class PlatformDnsTelemetry extends Construct {
  constructor(scope: Construct, id: string, props: PlatformDnsTelemetryProps) {
    super(scope, id);
    const { dns, alerts } = props;
    pinFeatureFlags(this);
    const { region } = Stack.of(this);
    if (Token.isUnresolved(region) || region !== HEALTH_REGION) {
      throw invalid(
        this,
        `PlatformDnsTelemetry must be in a stack of ${HEALTH_REGION}, got ` +
          `${Token.isUnresolved(region) ? 'a stack without a region' : `'${region}'`}; AWS keeps the metrics of health checks there`,
      );
    }
    if (dns._failovers.size === 0) {
      throw invalid(this, "'dns' has no failover to watch; call its addFailover() first");
    }
    const alarms = Alarms.of(this, alerts);
    for (const [hostName, healthCheck] of dns._failovers) {
      alarms?.add(hostName, {
        metric: healthMetric(acrossRegions(this, healthCheck, healthCheck.healthCheckId), {
          period: Duration.minutes(1),
        }),
        threshold: 1,
        evaluationPeriods: 2,
        comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.BREACHING,
        description: `${hostName} does not answer from outside and points at its secondary target`,
        severity: AlertSeverity.HIGH,
        runbook: 'dns-failover-active',
      });
    }
  }
}

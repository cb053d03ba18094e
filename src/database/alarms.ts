import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { AlertSeverity, type IOperatorAlerts } from '../monitoring/api';
import { Alarms } from '../private/alarms';
import type { ResilientMysql } from './resilient-mysql';
import type { MysqlServer } from './server';
import type { DatabaseSettings } from './settings';

export interface DatabaseAlarmsProps {
  readonly database: ResilientMysql;
  readonly server: MysqlServer;
  readonly settings: DatabaseSettings;
}

const GIB = 2 ** 30;
const QUARTER_OF_AN_HOUR = 3;
const { LESS_THAN_OR_EQUAL_TO_THRESHOLD } = cloudwatch.ComparisonOperator;

/** What operators of the database are told, and how urgently. */
export function defineAlarms(
  scope: Construct,
  alerts: IOperatorAlerts | undefined,
  props: DatabaseAlarmsProps,
): Alarms | undefined {
  const alarms = Alarms.of(scope, alerts);
  if (alarms && alerts) {
    addServerAlarms(alarms, props);
    if (props.settings.proxy) {
      addPoolAlarms(alarms, props.database);
    }
    addEvents(alarms, alerts, props.server);
  }
  return alarms;
}

/** Of the function that makes and rotates users. */
export function addRotationAlarm(alarms: Alarms | undefined, rotation: lambda.IFunction): void {
  alarms?.add('Rotation', {
    metric: rotation.metricErrors(),
    threshold: 1,
    evaluationPeriods: 1,
    description: 'A database user was not made or rotated; its services go on with what they have',
    severity: AlertSeverity.MEDIUM,
    runbook: 'database-rotation-failed',
  });
}

function addServerAlarms(alarms: Alarms, { database, settings }: DatabaseAlarmsProps): void {
  const { memoryGib, allocatedStorage } = settings;
  alarms.add('Cpu', {
    metric: database.metricCpuUtilization(),
    threshold: 80,
    evaluationPeriods: QUARTER_OF_AN_HOUR,
    description: 'The database server has used 80 % of its processors for 15 minutes',
    severity: AlertSeverity.MEDIUM,
    runbook: 'database-cpu-high',
  });
  // A share of a number that is unknown until deployment cannot be a threshold.
  if (!allocatedStorage.isUnresolved()) {
    alarms.add('Storage', {
      metric: database.metricFreeStorageSpace(),
      threshold: Math.floor(allocatedStorage.toBytes() / 10),
      comparisonOperator: LESS_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 2 * QUARTER_OF_AN_HOUR,
      description: 'A tenth of the first storage is left for 30 minutes, so RDS did not enlarge it by itself',
      severity: AlertSeverity.HIGH,
      runbook: 'database-storage-low',
    });
  }
  alarms.add('Memory', {
    metric: database.metricFreeableMemory(),
    threshold: Math.floor(memoryGib * GIB * 0.05),
    comparisonOperator: LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: QUARTER_OF_AN_HOUR,
    description: 'The database server has had less than 5 % of its memory free for 15 minutes',
    severity: AlertSeverity.MEDIUM,
    runbook: 'database-memory-low',
  });
  if (!Token.isUnresolved(database.maxConnections)) {
    alarms.add('Connections', {
      metric: database.metricDatabaseConnections(),
      threshold: Math.floor(database.maxConnections * 0.8),
      evaluationPeriods: QUARTER_OF_AN_HOUR,
      description: 'The database server has had 80 % of its connections open for 15 minutes',
      severity: AlertSeverity.MEDIUM,
      runbook: 'database-connections-high',
    });
  }
  for (const [id, metric] of [
    ['ReadLatency', database.metricReadLatency()],
    ['WriteLatency', database.metricWriteLatency()],
  ] as const) {
    alarms.add(id, {
      metric,
      threshold: 0.02,
      evaluationPeriods: QUARTER_OF_AN_HOUR,
      description: 'Storage of the database has answered in 20 ms or more for 15 minutes',
      severity: AlertSeverity.MEDIUM,
      runbook: 'database-latency-high',
    });
  }
  alarms.add('DiskQueue', {
    metric: database.metricDiskQueueDepth(),
    threshold: 10,
    evaluationPeriods: QUARTER_OF_AN_HOUR,
    description: 'Ten or more reads and writes have waited for the storage of the database for 15 minutes',
    severity: AlertSeverity.MEDIUM,
    runbook: 'database-latency-high',
  });
  if (settings.instanceType.isBurstable()) {
    alarms.add('Credits', {
      metric: database.metric('CPUCreditBalance', { statistic: cloudwatch.Stats.MINIMUM }),
      threshold: 20,
      comparisonOperator: LESS_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: QUARTER_OF_AN_HOUR,
      description: 'The database server has hardly any processor credits left, and each further one is charged',
      severity: AlertSeverity.MEDIUM,
      runbook: 'database-cpu-high',
    });
  }
  if (settings.servesReads) {
    alarms.add('ReplicaLag', {
      metric: database.metric('ReplicaLag', { statistic: cloudwatch.Stats.MAXIMUM }),
      threshold: 30,
      evaluationPeriods: QUARTER_OF_AN_HOUR,
      description:
        'A readable standby has been 30 seconds behind for 15 minutes, and a failover would take as much longer',
      severity: AlertSeverity.MEDIUM,
      runbook: 'database-replica-late',
    });
  }
}

function addPoolAlarms(alarms: Alarms, database: ResilientMysql): void {
  alarms.add('Pool', {
    metric: database.metricPool('AvailabilityPercentage', { statistic: cloudwatch.Stats.MINIMUM }),
    threshold: 99,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: QUARTER_OF_AN_HOUR,
    description: 'The pool has not reached the database at times for 15 minutes',
    severity: AlertSeverity.HIGH,
    runbook: 'database-pool-unavailable',
  });
  alarms.add('Borrow', {
    // In microseconds.
    metric: database.metricPool('DatabaseConnectionsBorrowLatency'),
    threshold: 1_000_000,
    evaluationPeriods: QUARTER_OF_AN_HOUR,
    description: 'Services have waited a second or more for a database connection for 15 minutes',
    severity: AlertSeverity.HIGH,
    runbook: 'database-pool-exhausted',
  });
  alarms.add('Logins', {
    metric: database.metricPool('ClientConnectionsSetupFailedAuth', {
      statistic: cloudwatch.Stats.SUM,
      period: Duration.minutes(5),
    }),
    threshold: 10,
    evaluationPeriods: QUARTER_OF_AN_HOUR,
    description: 'Logins to the database have been refused for 15 minutes',
    severity: AlertSeverity.MEDIUM,
    runbook: 'database-logins-refused',
  });
}

function addEvents(alarms: Alarms, alerts: IOperatorAlerts, server: MysqlServer): void {
  const events = (categories: string[]) => ({
    source: ['aws.rds'],
    detailType: [server.eventType],
    resources: [server.arn],
    detail: { EventCategories: categories },
  });
  alerts.addEvent(alarms, 'Failover', {
    eventPattern: events(['failover']),
    description: 'The database fails over to its other zone, or has done so',
    severity: AlertSeverity.MEDIUM,
    runbook: 'database-failover',
  });
  alerts.addEvent(alarms, 'Failure', {
    eventPattern: events(['failure', 'low storage']),
    description: 'The database has failed, or its storage is full',
    severity: AlertSeverity.HIGH,
    runbook: 'database-failure',
  });
}

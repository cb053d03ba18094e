import { Duration, Size } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { ConnectionPool } from './connection-pool';
import { DatabaseSource } from './database-source';
import { DatabaseStandby } from './database-standby';
import { validateEngineVersion } from './engine';
import { nightlyBackup } from './nightly-backup';
import { type ProxySettings, proxySettings } from './proxy-settings';
import type { ResilientMysqlProps } from './resilient-mysql-props';
import {
  connectionsFor,
  fiveTimes,
  memoryOf,
  validateClusterClass,
  validateClusterStorage,
  validateMaxConnections,
  validatePeakConnections,
  validateStorage,
} from './sizing';
import { validateBackupRetention, validateDatabaseName, validateInsights, validateSubnets } from './validation';
import { validateWindows } from './windows';

/** `ResilientMysqlProps` with nothing left out, as AWS would accept it. */
export interface DatabaseSettings {
  readonly acrossZones: boolean;
  readonly servesReads: boolean;
  readonly source: DatabaseSource;
  readonly instanceType: ec2.InstanceType;
  readonly memoryGib: number;
  readonly engineVersion: rds.MysqlEngineVersion;
  readonly allocatedStorage: Size;
  readonly maxAllocatedStorage: Size;
  readonly iops?: number;
  readonly backupRetentionDays: number;
  readonly backupWindow: string;
  readonly maintenanceWindow: string;
  readonly maxConnections: number;
  readonly databaseName: string;
  readonly insightsMode?: rds.DatabaseInsightsMode;
  readonly proxy?: ProxySettings;
}

export function settingsOf(scope: Construct, props: ResilientMysqlProps): DatabaseSettings {
  const { acrossZones, servesReads } = props.standby ?? DatabaseStandby.multiAz();
  const usualClass = servesReads ? ec2.InstanceClass.M6GD : ec2.InstanceClass.M7G;
  const instanceType = props.instanceType ?? ec2.InstanceType.of(usualClass, ec2.InstanceSize.LARGE);
  const memoryGib = memoryOf(scope, instanceType);
  const engineVersion = props.engineVersion ?? rds.MysqlEngineVersion.VER_8_4_10;
  const allocatedStorage = props.allocatedStorage ?? Size.gibibytes(100);
  const maxAllocatedStorage = props.maxAllocatedStorage ?? fiveTimes(allocatedStorage);
  const backupRetention = props.backupRetention ?? Duration.days(14);
  const backupWindow = props.backupWindow ?? '22:30-23:30';
  const maintenanceWindow = props.maintenanceWindow ?? 'Sun:05:00-Sun:06:00';
  const maxConnections = props.maxConnections ?? connectionsFor(memoryGib);
  const databaseName = props.databaseName ?? 'charging';
  const proxyOptions = (props.connectionPool ?? ConnectionPool.rdsProxy())._proxy;
  const proxy = proxyOptions && proxySettings(scope, proxyOptions);

  validateSubnets(scope, props.vpc, servesReads ? 3 : 2);
  if (servesReads) {
    validateClusterClass(scope, instanceType);
    validateClusterStorage(scope, allocatedStorage, props.maxAllocatedStorage);
  }
  validateMaxConnections(scope, maxConnections, instanceType);
  const share = proxy?.maxConnectionsPercent ?? 90;
  validatePeakConnections(scope, props.peakConnections, Math.floor((maxConnections * share) / 100));
  validateEngineVersion(scope, engineVersion);
  const limit = servesReads ? undefined : maxAllocatedStorage;
  validateStorage(scope, { allocated: allocatedStorage, limit, iops: props.iops });
  validateBackupRetention(scope, backupRetention);
  validateWindows(scope, backupWindow, maintenanceWindow, nightlyBackup(scope, props.nightlyBackup ?? {}));
  validateDatabaseName(scope, databaseName);
  validateInsights(scope, props.insightsMode, instanceType);
  return {
    acrossZones,
    servesReads,
    source: props.source ?? DatabaseSource.empty(),
    instanceType,
    memoryGib,
    engineVersion,
    allocatedStorage,
    maxAllocatedStorage,
    iops: props.iops,
    backupRetentionDays: backupRetention.toDays(),
    backupWindow,
    maintenanceWindow,
    maxConnections,
    databaseName,
    insightsMode: props.insightsMode,
    proxy,
  };
}

import { App, Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ResilientMysql, type ResilientMysqlProps } from '../../src/database';
import type { OperatorEventOptions } from '../../src/monitoring/api';
import { RecordedAlerts } from '../support/alerts';
import { SPAIN } from '../support/stacks';

/** Alerts that also define the rules of events, so that their patterns stand in the template. */
export class DefinedAlerts extends RecordedAlerts {
  public addEvent(scope: Construct, id: string, options: OperatorEventOptions): void {
    super.addEvent(scope, id, options);
    new events.Rule(scope, id, { eventPattern: options.eventPattern });
  }
}

/** A VPC as the platform's: the data tier has no way out. */
export function newVpc(stack: Stack, zones = 2, id = 'Vpc'): ec2.Vpc {
  return new ec2.Vpc(stack, id, {
    availabilityZones: ['eu-south-2a', 'eu-south-2b', 'eu-south-2c'].slice(0, zones),
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [{ name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
  });
}

export interface Defined {
  readonly stack: Stack;
  readonly vpc: ec2.Vpc;
  readonly database: ResilientMysql;
}

export function define(props: Partial<ResilientMysqlProps> = {}, zones = 2): Defined {
  const stack = new Stack(new App(), 'Test', { env: SPAIN });
  const vpc = newVpc(stack, zones);
  const database = new ResilientMysql(stack, 'Database', { vpc, ...props });
  return { stack, vpc, database };
}

/** A policy such as other rooms have: a role whose permissions are one managed policy. */
export function newGrantee(stack: Stack): iam.ManagedPolicy {
  const role = new iam.Role(stack, 'Service', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
  return new iam.ManagedPolicy(stack, 'ServicePolicy', { roles: [role] });
}

/** Takes the database into a backup plan, as its user would. */
export function backUp(stack: Stack, resource: backup.BackupResource): void {
  new backup.CfnBackupSelection(stack, 'Selection', {
    backupPlanId: 'plan',
    backupSelection: {
      selectionName: 'databases',
      iamRoleArn: `arn:aws:iam::${SPAIN.account}:role/backup`,
      resources: [resource.resource as string],
    },
  });
}

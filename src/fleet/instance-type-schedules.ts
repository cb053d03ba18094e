import { Duration, Stack, type TimeZone } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { PolicyRole } from '../private/role';
import { acknowledgeWildcards } from '../private/wildcards';
import type { Machines } from './machines';
import { validateInstanceType } from './validation';

export interface InstanceTypeChange {
  readonly schedule: scheduler.ScheduleExpression;
  readonly timeZone: TimeZone;
  readonly instanceType: ec2.InstanceType;
}

/** Changes of the machines' type by the calendar: a schedule starts an instance refresh towards another launch template. */
export class InstanceTypeSchedules extends Construct {
  /** Changes that could not be started. */
  public readonly deadLetterQueue: sqs.Queue;
  private readonly starter: PolicyRole;
  private readonly templates = new Map<string, ec2.LaunchTemplate>();

  constructor(
    scope: Construct,
    id: string,
    private readonly machines: Machines,
    encryptionKey: kms.IKey,
  ) {
    super(scope, id);
    this.deadLetterQueue = new sqs.Queue(this, 'DeadLetters', {
      encryptionMasterKey: encryptionKey,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.deadLetterQueue, 'This is the dead-letter queue', 'AwsSolutions-SQS3');
    this.starter = this.defineRole(encryptionKey);
  }

  public add(id: string, change: InstanceTypeChange): void {
    validateInstanceType(this, change.instanceType, this.machines.instanceType);
    const template = this.templateOf(change.instanceType);
    const { group } = this.machines;
    const { partition } = Stack.of(this);
    const schedule = new scheduler.Schedule(this, id, {
      description: `Changes the machines to ${change.instanceType}`,
      schedule: scheduler.ScheduleExpression.expression(change.schedule.expressionString, change.timeZone),
      target: {
        bind: () => ({
          arn: `arn:${partition}:scheduler:::aws-sdk:autoscaling:startInstanceRefresh`,
          role: this.starter.role,
          input: scheduler.ScheduleTargetInput.fromObject({
            AutoScalingGroupName: group.autoScalingGroupName,
            Strategy: 'Rolling',
            DesiredConfiguration: {
              LaunchTemplate: { LaunchTemplateId: template.launchTemplateId, Version: template.versionNumber },
            },
            Preferences: {
              MinHealthyPercentage: 100,
              MaxHealthyPercentage: 150,
              SkipMatching: true,
              AutoRollback: true,
            },
          }),
          deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
          // A rollout that is still under way refuses a second one.
          retryPolicy: { maximumEventAgeInSeconds: Duration.hours(2).toSeconds(), maximumRetryAttempts: 20 },
        }),
      },
    });
    schedule.node.addDependency(this.starter);
  }

  private templateOf(instanceType: ec2.InstanceType): ec2.LaunchTemplate {
    const known = this.templates.get(instanceType.toString());
    if (known) {
      return known;
    }
    const own = instanceType.toString() === this.machines.instanceType.toString();
    const template = own
      ? this.machines.launchTemplate
      : this.machines.defineTemplate(this, instanceType.toString().replace('.', '-'), instanceType);
    this.templates.set(instanceType.toString(), template);
    this.allowStart(template);
    return template;
  }

  private allowStart({ launchTemplateId }: ec2.LaunchTemplate): void {
    const { account, partition, region } = Stack.of(this);
    this.starter.allow(['ec2:RunInstances'], ['*'], {
      ArnEquals: {
        'ec2:LaunchTemplate': `arn:${partition}:ec2:${region}:${account}:launch-template/${launchTemplateId}`,
      },
    });
  }

  /** What the call itself needs, and what Auto Scaling checks of its caller: that he may start machines from this template. */
  private defineRole(encryptionKey: kms.IKey): PolicyRole {
    const { account, partition, region } = Stack.of(this);
    const { group, role } = this.machines;
    const starter = new PolicyRole(this, 'Starter', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
      description: "Lets EventBridge Scheduler change the type of one fleet's machines",
    });
    const at = `arn:${partition}:autoscaling:${region}:${account}`;
    const groupArn = `${at}:autoScalingGroup:*:autoScalingGroupName/${group.autoScalingGroupName}`;
    starter.allow(['autoscaling:StartInstanceRefresh'], [groupArn]);
    acknowledgeWildcards(starter, "AWS puts an id before the group's name in its ARN", groupArn);
    starter.allow(['ec2:CreateTags'], ['*'], { StringEquals: { 'ec2:CreateAction': 'RunInstances' } });
    acknowledgeWildcards(
      starter,
      'Machines, disks and interfaces have no names before they are started; conditions hold it to the launch templates of this fleet',
      '*',
    );
    starter.allow(['iam:PassRole'], [role.role.roleArn], {
      StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' },
    });
    starter.allow(['sqs:SendMessage'], [this.deadLetterQueue.queueArn]);
    starter.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [encryptionKey.keyArn]);
    return starter;
  }
}

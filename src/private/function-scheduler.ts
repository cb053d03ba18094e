import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { PlatformFunction } from './functions';
import { PolicyRole } from './role';

export interface FunctionScheduleProps {
  readonly schedule: scheduler.ScheduleExpression;
  readonly description: string;
  /** What the function is given. @default - an empty object */
  readonly input?: object;
  /** Spreads the calls of many users of one server. @default - on the dot */
  readonly jitter?: Duration;
}

/** Calls one function on schedules. What cannot be delivered goes to the function's own dead-letter queue. */
export class FunctionScheduler extends Construct {
  private readonly target: PlatformFunction;
  private readonly invoker: PolicyRole;

  constructor(scope: Construct, id: string, target: PlatformFunction, encryptionKey: kms.IKey) {
    super(scope, id);
    this.target = target;
    this.invoker = new PolicyRole(this, 'Invoker', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: 'Lets EventBridge Scheduler call one function',
    });
    this.invoker.allow(['lambda:InvokeFunction'], [target.function.functionArn]);
    this.invoker.allow(['sqs:SendMessage'], [target.deadLetterQueue.queueArn]);
    this.invoker.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [encryptionKey.keyArn]);
  }

  public add(id: string, props: FunctionScheduleProps): scheduler.Schedule {
    const schedule = new scheduler.Schedule(this, id, {
      description: props.description,
      schedule: props.schedule,
      timeWindow: props.jitter ? scheduler.TimeWindow.flexible(props.jitter) : scheduler.TimeWindow.off(),
      target: {
        bind: () => ({
          arn: this.target.function.functionArn,
          role: this.invoker.role,
          input: scheduler.ScheduleTargetInput.fromObject(props.input ?? {}),
          deadLetterConfig: { arn: this.target.deadLetterQueue.queueArn },
          retryPolicy: { maximumEventAgeInSeconds: Duration.hours(1).toSeconds(), maximumRetryAttempts: 5 },
        }),
      },
    });
    schedule.node.addDependency(this.invoker);
    return schedule;
  }
}

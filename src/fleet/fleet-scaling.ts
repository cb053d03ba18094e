import { TimeZone } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type { Construct } from 'constructs';
import { validateCpuTarget, validateScheduledScaling } from './validation';

/** Options of `FleetScaling.scheduled`. */
export interface ScheduledScalingOptions {
  /** When, e.g. `autoscaling.Schedule.cron({ hour: '7', minute: '0', weekDay: 'MON-FRI' })`; as an expression, cron with five fields. */
  readonly schedule: autoscaling.Schedule;
  /**
   * Time zone of the schedule. It follows summer time.
   * @default TimeZone.EUROPE_MADRID
   */
  readonly timeZone?: TimeZone;
  /**
   * Fewest machines from then on, 1 to 100. This or `maxMachines` is needed.
   * @default - stays as it is
   */
  readonly minMachines?: number;
  /**
   * Most machines from then on, 1 to 100.
   * @default - stays as it is
   */
  readonly maxMachines?: number;
}

/** What changes the number of machines. */
export abstract class FleetScaling {
  /** New limits at a time of the calendar: more machines before the morning, fewer at night. */
  public static scheduled(options: ScheduledScalingOptions): FleetScaling {
    return new Scheduled(options);
  }

  /** As many machines as keep the processors this busy on average, 10 to 90 percent. */
  public static onCpu(targetPercent: number): FleetScaling {
    return new OnCpu(targetPercent);
  }

  /** @internal */
  public abstract _apply(scope: Construct, group: autoscaling.AutoScalingGroup, id: string): void;
  /** Of kinds that steer by a target, a fleet has one each. @internal */
  public abstract readonly _kind: string;
}

class Scheduled extends FleetScaling {
  public readonly _kind = 'scheduled';

  constructor(private readonly options: ScheduledScalingOptions) {
    super();
  }

  public _apply(scope: Construct, group: autoscaling.AutoScalingGroup, id: string): void {
    const timeZone = this.options.timeZone ?? TimeZone.EUROPE_MADRID;
    validateScheduledScaling(scope, this.options, timeZone);
    group.scaleOnSchedule(id, {
      schedule: this.options.schedule,
      timeZone: timeZone.timezoneName,
      minCapacity: this.options.minMachines,
      maxCapacity: this.options.maxMachines,
    });
  }
}

class OnCpu extends FleetScaling {
  public readonly _kind = 'onCpu';

  constructor(private readonly targetPercent: number) {
    super();
  }

  public _apply(scope: Construct, group: autoscaling.AutoScalingGroup, id: string): void {
    validateCpuTarget(scope, this.targetPercent);
    group.scaleOnCpuUtilization(id, { targetUtilizationPercent: this.targetPercent });
  }
}

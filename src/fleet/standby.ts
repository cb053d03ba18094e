import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { WarmPoolStandbyOptions } from './fleet-standby';
import type { Machines } from './machines';
import { validateStandby } from './validation';

export interface StandbyProps {
  readonly machines: Machines;
  /** One per subnet of the machines. */
  readonly zones: readonly string[];
  readonly options: WarmPoolStandbyOptions;
}

/** Machines that wait, and capacity that nobody else can take. */
export class Standby extends Construct {
  public readonly warmMachines: number;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: StandbyProps,
  ) {
    super(scope, id);
    const { machines, zones, options } = props;
    this.warmMachines = options.machines ?? zones.length;
    const reservedPerZone = options.reservedPerZone ?? 0;
    validateStandby(this, this.warmMachines, reservedPerZone, zones.length);
    machines.group.addWarmPool({
      minSize: this.warmMachines,
      // Without it AWS fills the pool up to the group's maximum.
      maxGroupPreparedCapacity: this.warmMachines,
      poolState: autoscaling.PoolState.STOPPED,
    });
    if (reservedPerZone > 0) {
      this.reserve(reservedPerZone);
    }
  }

  private reserve(instanceCount: number): void {
    const { machines, zones } = this.props;
    const reservations = zones.map(
      (availabilityZone, index) =>
        new ec2.CfnCapacityReservation(this, `Reservation${index + 1}`, {
          availabilityZone,
          instanceCount,
          instancePlatform: 'Linux/UNIX',
          instanceType: machines.instanceType.toString(),
          ebsOptimized: true,
          // For this fleet alone: another machine of the account would use up an open one.
          instanceMatchCriteria: 'targeted',
          endDateType: 'unlimited',
        }),
    );
    const resource = machines.group.node.defaultChild as autoscaling.CfnAutoScalingGroup;
    resource.capacityReservationSpecification = {
      capacityReservationPreference: 'capacity-reservations-first',
      capacityReservationTarget: { capacityReservationIds: reservations.map(({ ref }) => ref) },
    };
  }
}

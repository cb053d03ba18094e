import { Stack } from 'aws-cdk-lib';
import { FleetStandby } from '../../src/fleet';
import { resourcesOf, templateOf } from '../support/stacks';
import { fleet } from './fixture';

const of = (standby?: FleetStandby) => templateOf(Stack.of(fleet({ standby })));

test('nothing waits by default', () => {
  const template = of();
  template.resourceCountIs('AWS::AutoScaling::WarmPool', 0);
  template.resourceCountIs('AWS::EC2::CapacityReservation', 0);
});

test('one machine per zone waits, stopped, and not more', () => {
  const template = of(FleetStandby.warmPool());
  template.hasResourceProperties('AWS::AutoScaling::WarmPool', {
    MinSize: 2,
    MaxGroupPreparedCapacity: 2,
    PoolState: 'Stopped',
  });
  template.resourceCountIs('AWS::EC2::CapacityReservation', 0);
});

test('as many wait as told', () => {
  of(FleetStandby.warmPool({ machines: 5 })).hasResourceProperties('AWS::AutoScaling::WarmPool', { MinSize: 5 });
});

test('capacity in each zone is kept for this fleet, which takes it first', () => {
  const stack = Stack.of(fleet({ standby: FleetStandby.warmPool({ reservedPerZone: 3 }) }));
  const template = templateOf(stack);
  for (const zone of ['eu-south-2a', 'eu-south-2b']) {
    template.hasResourceProperties('AWS::EC2::CapacityReservation', {
      AvailabilityZone: zone,
      InstanceCount: 3,
      InstanceType: 'm7g.large',
      InstancePlatform: 'Linux/UNIX',
      InstanceMatchCriteria: 'targeted',
      EndDateType: 'unlimited',
    });
  }
  const ids = resourcesOf(stack, 'AWS::EC2::CapacityReservation').map(([id]) => ({ Ref: id }));
  template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
    CapacityReservationSpecification: {
      CapacityReservationPreference: 'capacity-reservations-first',
      CapacityReservationTarget: { CapacityReservationIds: ids },
    },
  });
});

test('refuses fewer than one per zone', () => {
  expect(() => of(FleetStandby.warmPool({ machines: 1 }))).toThrow(
    new Error(
      "[Test/Fleet/Standby] 'machines' of FleetStandby.warmPool must be a whole number, one per zone (2) to 100, got 1",
    ),
  );
});

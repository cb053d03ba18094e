import { Stack, TimeZone } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import { DockerService, FleetScaling } from '../../src/fleet';
import { templateOf } from '../support/stacks';
import { API, fleet, IMAGE } from './fixture';

const POLICY = 'AWS::AutoScaling::ScalingPolicy';
const scaled = (...scaling: FleetScaling[]) => templateOf(Stack.of(fleet({ scaling })));

test('by the calendar, of Madrid or of the zone asked for', () => {
  const template = scaled(
    FleetScaling.scheduled({ schedule: autoscaling.Schedule.cron({ hour: '6', minute: '30' }), minMachines: 4 }),
    FleetScaling.scheduled({
      schedule: autoscaling.Schedule.cron({ hour: '22', minute: '0' }),
      timeZone: TimeZone.ATLANTIC_CANARY,
      maxMachines: 3,
    }),
  );
  template.hasResourceProperties('AWS::AutoScaling::ScheduledAction', {
    Recurrence: '30 6 * * *',
    TimeZone: 'Europe/Madrid',
    MinSize: 4,
    MaxSize: Match.absent(),
  });
  template.hasResourceProperties('AWS::AutoScaling::ScheduledAction', {
    Recurrence: '0 22 * * *',
    TimeZone: 'Atlantic/Canary',
    MaxSize: 3,
    MinSize: Match.absent(),
  });
});

test('by processors', () => {
  scaled(FleetScaling.onCpu(60)).hasResourceProperties(POLICY, {
    TargetTrackingConfiguration: {
      PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
      TargetValue: 60,
    },
  });
});

test('by charge points, as the machines of this group count them', () => {
  scaled(FleetScaling.onOcppConnections(8000)).hasResourceProperties(POLICY, {
    TargetTrackingConfiguration: {
      CustomizedMetricSpecification: {
        Namespace: 'ChargingPlatform/Fleet',
        MetricName: 'OcppConnections',
        Dimensions: [{ Name: 'AutoScalingGroupName', Value: { Ref: Match.stringLikeRegexp('^FleetMachinesGroup') } }],
        Statistic: 'Average',
      },
      TargetValue: 8000,
    },
  });
});

test('by requests to one service', () => {
  const template = scaled(FleetScaling.onRequestsPerTarget(API, 1000));
  const [policy] = Object.values(template.findResources(POLICY));
  const { PredefinedMetricSpecification: metric, TargetValue } = policy.Properties.TargetTrackingConfiguration;
  expect(TargetValue).toBe(1000);
  expect(metric.PredefinedMetricType).toBe('ALBRequestCountPerTarget');
  expect(JSON.stringify(metric.ResourceLabel)).toMatch(/EntranceapiTargets\w+","TargetGroupFullName/);
  expect(JSON.stringify(policy.DependsOn)).toContain('Https');
});

test('refuses targets out of bounds, and services that take no requests', () => {
  expect(() => scaled(FleetScaling.onCpu(91))).toThrow(
    new Error("[Test/Fleet] 'targetPercent' of FleetScaling.onCpu must be 10 to 90, got 91"),
  );
  expect(() => scaled(FleetScaling.onOcppConnections(9))).toThrow(
    new Error("[Test/Fleet] 'connectionsPerMachine' of FleetScaling.onOcppConnections must be 10 to 50000, got 9"),
  );
  expect(() => scaled(FleetScaling.onRequestsPerTarget(API, 0))).toThrow(
    new Error("[Test/Fleet] 'requestsPerMinute' of FleetScaling.onRequestsPerTarget must be 1 to 1000000, got 0"),
  );
  const other = DockerService.web({ name: 'other', image: IMAGE, hostNames: ['other.example.com'] });
  expect(() => scaled(FleetScaling.onRequestsPerTarget(other, 10))).toThrow(
    new Error(
      "[Test/Fleet] 'service' of FleetScaling.onRequestsPerTarget must be one of the fleet's that answers requests, got 'other'",
    ),
  );
});

test('without scaling nothing changes the number', () => {
  scaled().resourceCountIs(POLICY, 0);
});

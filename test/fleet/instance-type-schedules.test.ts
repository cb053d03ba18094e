import { Stack, TimeZone } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { FleetScaling } from '../../src/fleet';
import { isAllowed, roleIdOf } from '../support/iam';
import { resourcesOf, templateOf } from '../support/stacks';
import { fleet } from './fixture';

const large = ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.XLARGE2);
const own = ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE);
const at = (hour: string) => scheduler.ScheduleExpression.cron({ day: '1', hour, minute: '0' });
const stack = Stack.of(
  fleet({
    scaling: [
      FleetScaling.scheduledInstanceType({ schedule: at('1'), instanceType: large }),
      FleetScaling.scheduledInstanceType({ schedule: at('7'), instanceType: own, timeZone: TimeZone.ATLANTIC_CANARY }),
    ],
  }),
);
const AT = 'eu-south-2:111122223333';

/** Text of a value with references as their logical ids. */
const spell = (value: unknown) =>
  JSON.stringify(value)
    .replace(/\{\\?"(Ref|Fn::GetAtt)\\?":\\?("\w+\\?"|\[[^\]]*\])\}/g, '$2')
    .replaceAll('\\"', '"');

test('starts a rollout of the other type, that is undone if it fails', () => {
  const [[, first], [, second]] = resourcesOf(stack, 'AWS::Scheduler::Schedule');
  expect(first.Properties).toMatchObject({
    ScheduleExpression: 'cron(0 1 1 * ? *)',
    ScheduleExpressionTimezone: 'Europe/Madrid',
    State: 'ENABLED',
    Target: {
      Arn: {
        'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':scheduler:::aws-sdk:autoscaling:startInstanceRefresh']],
      },
      RetryPolicy: { MaximumEventAgeInSeconds: 7200, MaximumRetryAttempts: 20 },
    },
  });
  expect(second.Properties.ScheduleExpressionTimezone).toBe('Atlantic/Canary');
  const [into, back] = [first, second].map(({ Properties }) => spell(Properties.Target.Input));
  expect(into).toContain('FleetInstanceTypesm7g2xlarge');
  expect(back).toContain('FleetMachinesTemplate');
  for (const input of [into, back]) {
    expect(input).toMatch(/"AutoScalingGroupName":".*FleetMachinesGroup/);
    expect(input).toContain('"SkipMatching":true,"AutoRollback":true');
  }
});

test('has a launch template for the other type, and none for its own', () => {
  const types = resourcesOf(stack, 'AWS::EC2::LaunchTemplate').map(
    ([, { Properties }]) => Properties.LaunchTemplateData.InstanceType,
  );
  expect(types.sort()).toEqual(['m7g.2xlarge', 'm7g.large']);
});

describe('its role', () => {
  const role = roleIdOf(stack, 'InstanceTypes/Starter/Role');
  const groupId = resourcesOf(stack, 'AWS::AutoScaling::AutoScalingGroup')[0][0];
  const group = (name: string) => `arn:aws:autoscaling:${AT}:autoScalingGroup:1111:autoScalingGroupName/${name}`;
  const machine = roleIdOf(stack, 'MachineRole/Role');
  const instance = `arn:aws:ec2:${AT}:instance/*`;
  const templateIds = resourcesOf(stack, 'AWS::EC2::LaunchTemplate').map(([id]) => id);
  const from = (id: string) => ({ 'ec2:LaunchTemplate': `arn:aws:ec2:${AT}:launch-template/${id}` });

  test.each<[boolean, string, string, Record<string, string>]>([
    [true, 'autoscaling:StartInstanceRefresh', group(groupId), {}],
    [false, 'autoscaling:StartInstanceRefresh', group('other'), {}],
    [false, 'autoscaling:UpdateAutoScalingGroup', group(groupId), {}],
    [true, 'ec2:RunInstances', instance, from(templateIds[0])],
    [true, 'ec2:RunInstances', instance, from(templateIds[1])],
    [false, 'ec2:RunInstances', instance, from('lt-other')],
    [false, 'ec2:RunInstances', instance, {}],
    [true, 'iam:PassRole', `arn:aws:iam::111122223333:role/${machine}`, { 'iam:PassedToService': 'ec2.amazonaws.com' }],
    [false, 'iam:PassRole', `arn:aws:iam::111122223333:role/other`, { 'iam:PassedToService': 'ec2.amazonaws.com' }],
    [
      false,
      'iam:PassRole',
      `arn:aws:iam::111122223333:role/${machine}`,
      { 'iam:PassedToService': 'lambda.amazonaws.com' },
    ],
    [true, 'ec2:CreateTags', instance, { 'ec2:CreateAction': 'RunInstances' }],
    [false, 'ec2:CreateTags', instance, {}],
  ])('%s: %s on %s', async (expected, action, resource, context) => {
    expect(await isAllowed(stack, role, { action, resource, context })).toBe(expected);
  });
});

test('refuses an architecture that the images do not have', () => {
  const amd = ec2.InstanceType.of(ec2.InstanceClass.M7I, ec2.InstanceSize.XLARGE);
  expect(() =>
    fleet({ scaling: [FleetScaling.scheduledInstanceType({ schedule: at('1'), instanceType: amd })] }),
  ).toThrow("must have the architecture of the fleet's (m7g.large is arm64), got m7i.xlarge of x86_64");
});

test('is off by default', () => {
  templateOf(Stack.of(fleet())).resourceCountIs('AWS::Scheduler::Schedule', 0);
});

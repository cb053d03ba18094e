import { Duration, Stack, Tags } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { DockerService, MachineHealth, Placement } from '../../src/fleet';
import { RecordedAlerts } from '../support/alerts';
import { resourcesOf, templateOf } from '../support/stacks';
import { API, fleet, fleetStack, IMAGE } from './fixture';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
const TEMPLATE = 'AWS::EC2::LaunchTemplate';
const stack = fleetStack({ alerts: new RecordedAlerts() });
const template = templateOf(stack);
const [[, { Properties: group, UpdatePolicy: updatePolicy }]] = resourcesOf(stack, GROUP);

test('machines are Ubuntu 24.04 on arm64, or on what their type is', () => {
  const parameters = (of: Stack) => Object.values(templateOf(of).findParameters('*')).map(({ Default }) => Default);
  expect(parameters(stack)).toContain(
    '/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id',
  );
  const amd = fleetStack({ instanceType: ec2.InstanceType.of(ec2.InstanceClass.M7I, ec2.InstanceSize.LARGE) });
  expect(parameters(amd)).toContain(
    '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id',
  );
  templateOf(amd).hasResourceProperties(TEMPLATE, { LaunchTemplateData: { InstanceType: 'm7i.large' } });
});

test('machines demand IMDSv2, two hops away at most, and encrypt their disk', () => {
  template.hasResourceProperties(TEMPLATE, {
    LaunchTemplateData: {
      InstanceType: 'm7g.large',
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2, InstanceMetadataTags: 'enabled' },
      BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { Encrypted: true, VolumeSize: 30, VolumeType: 'gp3' } }],
      EbsOptimized: true,
      Monitoring: { Enabled: true },
      KeyName: Match.absent(),
    },
  });
});

test('machines stand in private subnets, or in public ones with an address', () => {
  expect(JSON.stringify(group.VPCZoneIdentifier)).toMatch(/PrivateSubnet1.*PrivateSubnet2/);
  const open = fleetStack({ placement: Placement.publicSubnets() });
  expect(JSON.stringify(resourcesOf(open, GROUP)[0][1].Properties.VPCZoneIdentifier)).toMatch(/PublicSubnet1/);
  templateOf(open).hasResourceProperties(TEMPLATE, {
    LaunchTemplateData: { NetworkInterfaces: [Match.objectLike({ AssociatePublicIpAddress: true })] },
  });
});

test('a machine gets traffic after every service has answered, and leaves when it has stopped', () => {
  expect(group.LifecycleHookSpecificationList).toEqual([
    {
      LifecycleHookName: 'launch',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      DefaultResult: 'ABANDON',
      HeartbeatTimeout: 1200,
    },
    {
      LifecycleHookName: 'terminate',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      DefaultResult: 'CONTINUE',
      HeartbeatTimeout: 150,
    },
  ]);
  const slow = DockerService.api({ image: IMAGE, hostNames: ['a.example.com'], stopGrace: Duration.seconds(600) });
  const [[, { Properties }]] = resourcesOf(fleetStack({ services: [slow] }), GROUP);
  expect(Properties.LifecycleHookSpecificationList[1].HeartbeatTimeout).toBe(720);
});

test('a service that fails replaces no machine, unless asked for', () => {
  expect(group.HealthCheckType).toBe('EC2');
  templateOf(fleetStack({ machineHealth: MachineHealth.EVERY_SERVICE })).hasResourceProperties(GROUP, {
    HealthCheckType: 'ELB',
    HealthCheckGracePeriod: 300,
  });
});

test('a rollout keeps all machines, looks at the first one, and is undone by the alarm of any service', () => {
  expect(updatePolicy.AutoScalingInstanceRefresh).toMatchObject({
    Strategy: 'Rolling',
    Preferences: {
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 150,
      SkipMatching: true,
      CheckpointPercentages: [1, 100],
      CheckpointDelay: 300,
      BakeTime: 300,
      AlarmSpecification: {
        Alarms: ['backoffice', 'api', 'ocpp', 'ocpi'].map((name) => ({
          Ref: expect.stringContaining(`${name}Unhealthy`),
        })),
      },
    },
  });
});

test('takes part in zonal shift without replacing what a zone makes look ill', () => {
  expect(group.AvailabilityZoneImpairmentPolicy).toEqual({
    ZonalShiftEnabled: true,
    ImpairedZoneHealthCheckBehavior: 'IgnoreUnhealthy',
  });
});

test('refuses a tag that would keep every machine from starting', () => {
  const tagged = fleet({ services: [API] });
  Tags.of(Stack.of(tagged)).add('cost/center', '4711');
  expect(() => templateOf(Stack.of(tagged))).toThrow("got 'cost/center'");
});

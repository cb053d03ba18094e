import { CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as cxapi from 'aws-cdk-lib/cx-api';
import {
  DockerImage,
  DockerizedServiceFleet,
  DockerService,
  Exposure,
  FleetScaling,
  FleetStandby,
  JobSchedule,
  MachineHealth,
  OcppEndpoint,
  Placement,
  ServiceSecret,
} from '../../src/fleet';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { isAllowed, roleIdOf } from '../support/iam';
import { newStack, resourcesOf, SPAIN, templateOf } from '../support/stacks';
import { API, certificateIn, FIVE_SERVICES, fleet, fleetStack, IMAGE, protect, trustStoreIn, vpcIn } from './fixture';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
const ALARM = 'AWS::CloudWatch::Alarm';

/** A fleet that uses every prop and kind. */
function everything() {
  const stack = newStack();
  const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Password', 'jobs/password');
  return fleet(
    {
      alerts: new RecordedAlerts(),
      placement: Placement.publicSubnets(),
      exposure: Exposure.throughCdn(),
      standby: FleetStandby.warmPool({ goldenImage: true, reservedPerZone: 1 }),
      scaling: [
        FleetScaling.onCpu(60),
        FleetScaling.onOcppConnections(8000),
        FleetScaling.onRequestsPerTarget(API, 1000),
        FleetScaling.scheduled({ schedule: autoscaling.Schedule.cron({ hour: '6', minute: '30' }), minMachines: 3 }),
        FleetScaling.scheduledInstanceType({
          schedule: scheduler.ScheduleExpression.cron({ day: '1', hour: '1', minute: '0' }),
          instanceType: ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.XLARGE),
        }),
      ],
      machineHealth: MachineHealth.EVERY_SERVICE,
      ocppIdleTimeout: Duration.seconds(600),
      ocppPingInterval: Duration.seconds(60),
      ocppDrainWindow: Duration.minutes(10),
      services: [
        ...FIVE_SERVICES.filter(({ name }) => !['ocpp', 'jobs'].includes(name)),
        DockerService.jobs({
          image: DockerImage.fromEcrRepository(new ecr.Repository(stack, 'Jobs'), { tagOrDigest: '1.0.0' }),
          secrets: { PASSWORD: ServiceSecret.fromSecretsManager(secret, 'password') },
          schedules: [JobSchedule.daily({ name: 'invoices', hour: 4, command: ['invoices'] })],
        }),
        DockerService.web({ name: 'tariffs', image: IMAGE, hostNames: ['api.example.com'], paths: ['/tariffs/*'] }),
        DockerService.ocpp({
          image: IMAGE,
          endpoints: [
            OcppEndpoint.plain({ hostName: 'ocpp-old.example.com' }),
            OcppEndpoint.tls({ hostName: 'ocpp.example.com' }),
            OcppEndpoint.mutualTls({
              hostName: 'ocpp-secure.example.com',
              port: 8443,
              trustStore: trustStoreIn(stack),
            }),
          ],
        }),
      ],
    },
    stack,
  );
}

describe('findings', () => {
  test('of the three packs: none, once a web ACL protects the load balancer', () => {
    const simple = fleet();
    protect(simple);
    expect(nagFindings(Stack.of(simple))).toEqual([]);
    const full = everything();
    protect(full);
    expect(nagFindings(Stack.of(full))).toEqual([]);
  });

  test('let an audit see that no web ACL protects the load balancer', () => {
    expect(nagFindings(fleetStack())).toEqual([
      'NIST.800.53.R5-ALBWAFEnabled Test/Fleet/Entrance/LoadBalancer/Resource',
      'PCI.DSS.321-ALBWAFEnabled Test/Fleet/Entrance/LoadBalancer/Resource',
    ]);
  });

  test('of the schemas of CloudFormation: none', () => {
    expect(strictFindings(Stack.of(everything()))).toEqual([]);
  });
});

describe('what it publishes', () => {
  const published = fleet();
  const stack = Stack.of(published);

  test('names and fixed addresses of the charge points', () => {
    expect(published.ocppHostNames).toEqual(['ocpp.example.com']);
    expect(stack.resolve(published.ocppAddresses)).toEqual([
      { Ref: 'FleetChargePointsAddress17755D1F9' },
      { Ref: 'FleetChargePointsAddress26D58D91C' },
    ]);
    expect(published.networkLoadBalancer).toBeDefined();
  });

  test('its machines for backups, by the tag that they carry', () => {
    expect(published.backupResource.tagCondition).toEqual({
      key: 'charging-platform:fleet',
      value: 'Test/TestFleet72ECBEB0',
      operation: undefined,
    });
    templateOf(stack).hasResourceProperties(GROUP, {
      Tags: [{ Key: 'charging-platform:fleet', Value: 'Test/TestFleet72ECBEB0', PropagateAtLaunch: true }],
    });
  });

  test('connections of its machines', () => {
    const connected = fleet();
    const own = Stack.of(connected);
    const database = new ec2.SecurityGroup(own, 'Database', {
      vpc: connected.applicationLoadBalancer.vpc as ec2.IVpc,
    });
    database.connections.allowFrom(connected, ec2.Port.tcp(3306));
    templateOf(own).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 3306,
      SourceSecurityGroupId: { 'Fn::GetAtt': ['FleetMachinesSecurityGroupA76DAB31', 'GroupId'] },
    });
  });

  test('a principal through which grants of other rooms arrive before the machines start', async () => {
    const granted = fleet();
    const own = Stack.of(granted);
    new s3.Bucket(own, 'Invoices').grantRead(granted);
    new s3.Bucket(own, 'Neighbours');
    const role = roleIdOf(own, 'Fleet/MachineRole/Role');
    const read = (name: string) => {
      const [id] = resourcesOf(own, 'AWS::S3::Bucket')
        .map(([logicalId]) => logicalId)
        .filter((logicalId) => logicalId.startsWith(name));
      return isAllowed(own, role, { action: 's3:GetObject', resource: `arn:aws:s3:::${id.toLowerCase()}/a` });
    };
    expect([await read('Invoices'), await read('Neighbours')]).toEqual([true, false]);
    templateOf(own).resourceCountIs('AWS::IAM::Policy', 0);
    const [[, group]] = resourcesOf(own, GROUP);
    expect(group.DependsOn).toContain('FleetMachineRolePolicyF0E369B7');
  });

  test('metrics', () => {
    expect(published.metricMachinesInService()).toMatchObject({
      namespace: 'AWS/AutoScaling',
      metricName: 'GroupInServiceInstances',
    });
    expect(published.metricOcppConnections()).toMatchObject({
      namespace: 'ChargingPlatform/Fleet',
      metricName: 'OcppConnections',
      statistic: 'Average',
    });
    expect(published.metricHealthyHosts('api')).toMatchObject({ metricName: 'HealthyHostCount' });
    expect(published.metricUnhealthyHosts('api')).toMatchObject({ metricName: 'UnHealthyHostCount' });
    expect(published.metricRequests('api')).toMatchObject({ metricName: 'RequestCount', statistic: 'Sum' });
    expect(published.metricServiceErrors('api')).toMatchObject({ metricName: 'HTTPCode_Target_5XX_Count' });
    expect(published.metricResponseTime('api')).toMatchObject({ metricName: 'TargetResponseTime', statistic: 'p99' });
    expect(published.metricLoadBalancerErrors()).toMatchObject({ metricName: 'HTTPCode_ELB_5XX_Count' });
    expect(published.metricChargePointConnections({ statistic: 'Maximum' })).toMatchObject({
      namespace: 'AWS/NetworkELB',
      metricName: 'ActiveFlowCount',
      statistic: 'Maximum',
    });
  });

  test('no metric of a service that does not listen', () => {
    expect(() => published.metricHealthyHosts('jobs')).toThrow(
      "[Test/Fleet] 'name' must be a service that answers requests (back-office, api, ocpp, ocpi), got 'jobs'",
    );
  });
});

describe('without endpoints', () => {
  const small = fleet({ services: [API, DockerService.ocpp({ image: IMAGE, hostNames: ['ocpp.example.com'] })] });

  test('there is no network load balancer, and charge points use the web listener', () => {
    const template = templateOf(Stack.of(small));
    expect(small.networkLoadBalancer).toBeUndefined();
    expect(small.ocppAddresses).toEqual([]);
    expect(small.ocppHostNames).toEqual(['ocpp.example.com']);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['ocpp.example.com'] } }],
    });
  });

  test('there is no metric of their connections', () => {
    expect(() => small.metricChargePointConnections()).toThrow(
      "[Test/Fleet] 'metricChargePointConnections' needs an OcppEndpoint, got none in 'services'",
    );
  });
});

test('keeps two to six machines, or as many as told', () => {
  templateOf(fleetStack()).hasResourceProperties(GROUP, { MinSize: '2', MaxSize: '6' });
  templateOf(fleetStack({ minMachines: 1, maxMachines: 1 })).hasResourceProperties(GROUP, {
    MinSize: '1',
    MaxSize: '1',
  });
  templateOf(fleetStack({ minMachines: 8 })).hasResourceProperties(GROUP, { MinSize: '8', MaxSize: '8' });
});

test('keeps access logs 400 days, or as long as told', () => {
  const days = (stack: Stack) =>
    resourcesOf(stack, 'AWS::S3::Bucket')[0][1].Properties.LifecycleConfiguration.Rules[0].ExpirationInDays;
  expect(days(fleetStack())).toBe(400);
  expect(days(fleetStack({ accessLogRetention: Duration.days(30) }))).toBe(30);
});

test('defines no alarms without alerts, and then a rollout watches none', () => {
  const stack = fleetStack();
  templateOf(stack).resourceCountIs(ALARM, 0);
  expect(JSON.stringify(resourcesOf(stack, GROUP))).not.toContain('AlarmSpecification');
});

test('keeps addresses, logs and key, and both load balancers, under logical ids that do not change', () => {
  const stack = fleetStack();
  const kept = ['AWS::EC2::EIP', 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::ElasticLoadBalancingV2::LoadBalancer']
    .flatMap((type) => resourcesOf(stack, type))
    .filter(([id]) => id.startsWith('Fleet'));
  expect(kept.map(([id, { DeletionPolicy }]) => `${id} ${DeletionPolicy}`)).toEqual([
    'FleetChargePointsAddress17755D1F9 Retain',
    'FleetChargePointsAddress26D58D91C Retain',
    'FleetAccessLogs104F0EE7 Retain',
    'FleetKey3D2DECCD Retain',
    'FleetEntranceLoadBalancer144290C6 undefined',
    'FleetChargePointsLoadBalancer44CCE1BC undefined',
  ]);
});

test('two copies fit in one stack', () => {
  const stack = newStack();
  const common = {
    vpc: vpcIn(stack),
    certificates: [certificateIn(stack)],
    services: FIVE_SERVICES,
    standby: FleetStandby.warmPool({ goldenImage: true }),
  };
  const alerts = new RecordedAlerts();
  const first = new DockerizedServiceFleet(stack, 'First', { ...common, alerts });
  const second = new DockerizedServiceFleet(stack, 'Second', { ...common, alerts });
  expect(first.backupResource.tagCondition?.value).not.toBe(second.backupResource.tagCondition?.value);
  templateOf(stack).resourceCountIs(GROUP, 2);
  const names = ['Component', 'ImageRecipe', 'InfrastructureConfiguration'].flatMap((part) =>
    resourcesOf(stack, `AWS::ImageBuilder::${part}`).map(([, { Properties }]) => Properties.Name),
  );
  expect(new Set(names).size).toBe(6);
});

test('two synths are the same, and so are the names of their assets', () => {
  expect(templateOf(fleetStack()).toJSON()).toEqual(templateOf(fleetStack()).toJSON());
});

/** The stack's own: they change how policies are spelled, not what they allow. */
const SPELLING = ['@aws-cdk/core:enablePartitionLiterals', '@aws-cdk/aws-iam:minimizePolicies'];

test("the consumer's feature flags change nothing", () => {
  const flags = Object.fromEntries(
    Object.entries(cxapi.FLAGS)
      // Flags of version 1 are refused by version 2.
      .filter(([, { recommendedValue, introducedIn }]) => recommendedValue === true && introducedIn.v2)
      .filter(([flag]) => !SPELLING.includes(flag))
      .map(([flag]) => [flag, true]),
  );
  const own = (stack: Stack) =>
    Object.fromEntries(Object.entries(templateOf(stack).toJSON().Resources).filter(([id]) => id.startsWith('Fleet')));
  expect(own(Stack.of(fleet({}, newStack(SPAIN, flags))))).toEqual(own(fleetStack()));
});

describe('refuses', () => {
  test('a stack without region', () => {
    expect(() => fleet({}, newStack({}))).toThrow(
      "[Test/Fleet] the stack must have a region, got none; give its 'env' one, which the load balancer's access logs need",
    );
  });

  test('values that the machines need and only a deployment knows', () => {
    const stack = newStack();
    const hostName = new CfnParameter(stack, 'HostName').valueAsString;
    expect(() => fleet({ services: [DockerService.api({ image: IMAGE, hostNames: [hostName] })] }, stack)).toThrow(
      "[Test/Fleet] 'hostNames' of 'api' must be known when the app is synthesised, got a token: it becomes part of files on the machine; give 'environment' what is not",
    );
  });

  test('charge points behind CloudFront', () => {
    const services = [API, DockerService.ocpp({ image: IMAGE, hostNames: ['ocpp.example.com'] })];
    expect(() => fleet({ services, exposure: Exposure.throughCdn() })).toThrow(
      "[Test/Fleet] 'hostNames' of 'ocpp' must be empty with Exposure.throughCdn(), got 'ocpp.example.com': charge points do not go through CloudFront; use 'endpoints'",
    );
  });

  test('alerts of another region', () => {
    expect(() => fleet({ alerts: new RecordedAlerts('us-east-1') })).toThrow(
      "[Test/Fleet] 'alerts' must be of the construct's own region 'eu-south-2', got alerts of 'us-east-1'; define OperatorAlerts in a stack of 'eu-south-2'",
    );
  });
});

import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { parse } from 'yaml';
import { DockerImage, DockerService, FleetStandby, Placement } from '../../src/fleet';
import { arnOf, isAllowed, roleIdOf } from '../support/iam';
import { newStack, resourcesOf, templateOf } from '../support/stacks';
import { certificateIn, fleet, IMAGE } from './fixture';

const standby = FleetStandby.warmPool({ goldenImage: true });

function golden(image: DockerImage = IMAGE, stack = newStack()): Stack {
  const services = [DockerService.api({ image, hostNames: ['api.example.com'] })];
  return Stack.of(fleet({ standby, services }, stack));
}

const only = (stack: Stack, type: string) => {
  const [[id, { Properties }]] = resourcesOf(stack, type);
  return { id, ...Properties };
};

const stack = newStack();
const repository = new ecr.Repository(stack, 'Api');
golden(DockerImage.fromEcrRepository(repository, { tagOrDigest: '1.0.0' }), stack);

test("machines start from it, and it starts from Canonical's", () => {
  const image = only(stack, 'AWS::ImageBuilder::Image');
  const template = only(stack, 'AWS::EC2::LaunchTemplate');
  expect(template.LaunchTemplateData.ImageId).toEqual({ 'Fn::GetAtt': [image.id, 'ImageId'] });
  expect(image.ImageTestsConfiguration).toEqual({ ImageTestsEnabled: true, TimeoutMinutes: 60 });
  expect(only(stack, 'AWS::ImageBuilder::ImageRecipe').ParentImage).toBe(
    'ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id',
  );
});

test('has programs and images of all services on it, and is tested for them', () => {
  const { Data } = only(golden(), 'AWS::ImageBuilder::Component');
  const text =
    typeof Data === 'string'
      ? Data
      : Data['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : 'x')).join('');
  const { phases } = parse(text);
  expect(
    phases.map(({ name, steps }: { name: string; steps: { name: string }[] }) => [name, ...steps.map((s) => s.name)]),
  ).toEqual([
    ['build', 'Fetch', 'Install', 'Pull'],
    ['test', 'Check'],
  ]);
  expect(phases[0].steps[2].inputs.commands).toEqual([
    'set -euo pipefail',
    'export AWS_REGION=eu-south-2',
    "export IMAGE_API='ghcr.io/example/platform:1.4.2'",
    'mkdir -p /run/charging-platform',
    'cd /usr/local/lib/charging-platform',
    `python3 -c 'import containers, settings; containers.pull(settings.load()["services"])'`,
  ]);
  expect(phases[1].steps[0].inputs.commands).toContain(
    "docker image inspect 'ghcr.io/example/platform:1.4.2' > /dev/null",
  );
});

test('its version follows from what is in it', () => {
  const versions = (of: Stack) =>
    ['Component', 'ImageRecipe'].map((part) => only(of, `AWS::ImageBuilder::${part}`).Version);
  const first = versions(golden());
  expect(versions(golden())).toEqual(first);
  for (const [index, version] of versions(
    golden(DockerImage.fromRegistry('ghcr.io/example/platform:1.4.3')),
  ).entries()) {
    expect(version).toMatch(/^1\.0\.\d{1,10}$/);
    expect(version).not.toBe(first[index]);
  }
});

test('is built in a private subnet, encrypted, by a machine that demands IMDSv2 and that nobody calls', () => {
  const infrastructure = only(stack, 'AWS::ImageBuilder::InfrastructureConfiguration');
  expect(infrastructure).toMatchObject({
    InstanceTypes: ['m7g.large'],
    InstanceMetadataOptions: { HttpTokens: 'required' },
    TerminateInstanceOnFailure: true,
    SubnetId: { Ref: expect.stringContaining('PrivateSubnet1') },
  });
  expect(only(stack, 'AWS::ImageBuilder::ImageRecipe').BlockDeviceMappings[0].Ebs.Encrypted).toBe(true);
  const [[, group]] = resourcesOf(stack, 'AWS::EC2::SecurityGroup').filter(([id]) => id.includes('GoldenImage'));
  expect(group.Properties.SecurityGroupIngress).toBeUndefined();
});

describe('its roles', () => {
  const builder = roleIdOf(stack, 'GoldenImage/Builder/Role');
  const cleaner = roleIdOf(stack, 'GoldenImage/Cleaner/Role');
  const [[apiId]] = resourcesOf(stack, 'AWS::ECR::Repository');
  const image = 'arn:aws:ec2:eu-south-2::image/ami-11112222';
  const made = { 'aws:ResourceTag/CreatedBy': 'EC2 Image Builder' };

  test.each<[boolean, string, string, string, Record<string, string>]>([
    [true, builder, 'ecr:BatchGetImage', arnOf('AWS::ECR::Repository', apiId), {}],
    [false, builder, 'ecr:BatchGetImage', arnOf('AWS::ECR::Repository', 'Other'), {}],
    [false, builder, 's3:GetObject', 'arn:aws:s3:::cdk-hnb659fds-assets-111122223333-eu-south-2/other.zip', {}],
    [true, builder, 's3:GetObject', 'arn:aws:s3:::ec2imagebuilder-toe-eu-south-2-prod/x', {}],
    [false, builder, 'secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:eu-south-2:111122223333:secret:x', {}],
    [true, cleaner, 'ec2:DeregisterImage', image, made],
    [false, cleaner, 'ec2:DeregisterImage', image, {}],
    [false, cleaner, 'ec2:TerminateInstances', 'arn:aws:ec2:eu-south-2:111122223333:instance/i-1', made],
  ])('%s: %s: %s on %s', async (expected, role, action, resource, context) => {
    expect(await isAllowed(stack, role, { action, resource, context })).toBe(expected);
  });
});

test('refuses a VPC in which it cannot be built', () => {
  const own = newStack();
  const vpc = new ec2.Vpc(own, 'Public', {
    natGateways: 0,
    subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }],
    restrictDefaultSecurityGroup: false,
  });
  const services = [DockerService.api({ image: IMAGE, hostNames: ['api.example.com'] })];
  expect(() =>
    fleet({ vpc, standby, services, certificates: [certificateIn(own)], placement: Placement.publicSubnets() }),
  ).toThrow(
    new Error(
      "[Test/Fleet] 'vpc' must have a private subnet with a way out for 'goldenImage', got none; leave 'goldenImage' out or add one",
    ),
  );
});

test('is not there by default', () => {
  templateOf(Stack.of(fleet({ standby: FleetStandby.warmPool() }))).resourceCountIs('AWS::ImageBuilder::Image', 0);
});

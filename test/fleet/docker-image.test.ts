import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { DockerImage, DockerService } from '../../src/fleet';
import { isAllowed, roleIdOf } from '../support/iam';
import { newStack, templateOf } from '../support/stacks';
import { fleet } from './fixture';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'image-'));
fs.writeFileSync(path.join(folder, 'Dockerfile'), 'FROM scratch AS base\nFROM base AS small\n');
afterAll(() => fs.rmSync(folder, { recursive: true }));

const running = (image: DockerImage, stack = newStack(), instanceType?: ec2.InstanceType) =>
  fleet({ services: [DockerService.api({ image, hostNames: ['api.example.com'] })], instanceType }, stack);

const userDataOf = (stack: Stack) => JSON.stringify(templateOf(stack).findResources('AWS::EC2::LaunchTemplate'));

test('of a registry, by its address', () => {
  expect(userDataOf(Stack.of(running(DockerImage.fromRegistry('ghcr.io/example/api:1.4.2'))))).toContain(
    'IMAGE_API=ghcr.io/example/api:1.4.2',
  );
});

test.each([
  ['1.0.0', ':1.0.0'],
  [`sha256:${'a'.repeat(64)}`, `@sha256:${'a'.repeat(64)}`],
])('of ECR, by tag or digest: %s', (tagOrDigest, end) => {
  const stack = newStack();
  const repository = new ecr.Repository(stack, 'Api');
  running(DockerImage.fromEcrRepository(repository, { tagOrDigest }), stack);
  expect(userDataOf(stack)).toContain(`${end}\\n`);
});

describe('of a directory', () => {
  const assetsOf = (stack: Stack) => {
    const assembly = (stack.node.root as import('aws-cdk-lib').App).synth();
    const manifest = JSON.parse(fs.readFileSync(path.join(assembly.directory, 'Test.assets.json'), 'utf8'));
    return Object.values(manifest.dockerImages);
  };

  test('is built for the machines', () => {
    const arm = Stack.of(running(DockerImage.fromDirectory(folder)));
    expect(assetsOf(arm)).toMatchObject([{ source: { platform: 'linux/arm64' } }]);
    const amd = Stack.of(running(DockerImage.fromDirectory(folder), newStack(), new ec2.InstanceType('m7i.large')));
    expect(assetsOf(amd)).toMatchObject([{ source: { platform: 'linux/amd64' } }]);
  });

  test('is built as told', () => {
    const image = DockerImage.fromDirectory(folder, {
      dockerfile: 'Dockerfile',
      target: 'small',
      buildArgs: { VERSION: '2' },
    });
    expect(assetsOf(Stack.of(running(image)))).toMatchObject([
      {
        source: { dockerFile: 'Dockerfile', dockerBuildTarget: 'small', dockerBuildArgs: { VERSION: '2' } },
      },
    ]);
  });

  test('may be pulled, and nothing else of its repository', async () => {
    const stack = Stack.of(running(DockerImage.fromDirectory(folder)));
    const role = roleIdOf(stack, 'MachineRole/Role');
    const at = (name: string) => `arn:aws:ecr:eu-south-2:111122223333:repository/${name}`;
    const assets = 'cdk-hnb659fds-container-assets-111122223333-eu-south-2';
    const may = (action: string, resource: string) => isAllowed(stack, role, { action, resource });
    expect(await may('ecr:BatchGetImage', at(assets))).toBe(true);
    expect(await may('ecr:BatchGetImage', at('other'))).toBe(false);
    expect(await may('ecr:PutImage', at(assets))).toBe(false);
  });
});

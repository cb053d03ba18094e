import * as fs from 'node:fs';
import * as path from 'node:path';
import { CfnParameter, Stack } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { type DockerizedServiceFleetProps, DockerService, ServiceSecret } from '../../src/fleet';
import { newStack, resourcesOf, templateOf } from '../support/stacks';
import { API, FIVE_SERVICES, fleet, fleetStack, IMAGE } from './fixture';

/** User data as cloud-init reads it, with references in angle brackets. */
function userDataOf(stack: Stack): string {
  const [[, template]] = resourcesOf(stack, 'AWS::EC2::LaunchTemplate');
  const spell = (value: unknown): string => {
    if (typeof value === 'string') {
      return value;
    }
    const [[name, argument]] = Object.entries(value as object);
    return name === 'Fn::Join' ? argument[1].map(spell).join('') : `<${[argument].flat().join('.')}>`;
  };
  return spell(template.Properties.LaunchTemplateData.UserData['Fn::Base64']);
}

const withApi = (options: Partial<Parameters<typeof DockerService.api>[0]>, stack = newStack()) =>
  fleet({ services: [DockerService.api({ image: IMAGE, hostNames: ['api.example.com'], ...options })] }, stack);

test('the machine finds addresses and names that only a deployment knows', () => {
  const stack = newStack();
  const secret = new secretsmanager.Secret(stack, 'Password');
  const api = DockerService.api({
    image: IMAGE,
    hostNames: ['api.example.com'],
    secrets: {
      PASSWORD: ServiceSecret.fromSecretsManager(secret, 'password'),
      WHOLE: ServiceSecret.fromSecretsManager(secret),
    },
  });
  const userData = userDataOf(Stack.of(fleet({ services: [api, ...FIVE_SERVICES.slice(2)] }, stack)));
  for (const line of [
    'path: /etc/charging-platform/machine.env',
    'AWS_REGION=eu-south-2',
    'LAUNCH_HOOK=launch',
    'TERMINATE_HOOK=terminate',
    'METRIC_NAMESPACE=ChargingPlatform/Fleet',
    /LOG_GROUP=<FleetFilesLogs\w+>/,
    /LEASE_TABLE=<FleetLeases\w+>/,
    'IMAGE_API=ghcr.io/example/platform:1.4.2',
    /LOG_GROUP_API=<FleetFilesapiLogs\w+>/,
    /SECRET_API__PASSWORD=<Password\w+>:password::\n/,
    /SECRET_API__WHOLE=<Password\w+>\n/,
    'path: /etc/charging-platform/api.env',
  ]) {
    expect(userData).toMatch(line);
  }
});

test('the environment of each service is a file of its own, whose values stand as they are', () => {
  const stack = newStack();
  const host = new CfnParameter(stack, 'Host').valueAsString;
  const userData = userDataOf(
    Stack.of(withApi({ environment: { HOST: host, QUERY: `a="b" & c='d'; $e #f {g}: *h` } }, stack)),
  );
  expect(userData).toContain('HOST=<Host>\n');
  expect(userData).toContain(`QUERY=a="b" & c='d'; $e #f {g}: *h\n`);
});

test('the OCPP service learns how often charge points are to ping, unless it was told', () => {
  expect(userDataOf(fleetStack())).toContain('OCPP_PING_SECONDS=240');
  const told = DockerService.ocpp({
    image: IMAGE,
    hostNames: ['ocpp.example.com'],
    environment: { OCPP_PING_SECONDS: '30' },
  });
  expect(userDataOf(fleetStack({ services: [told] }))).toContain('OCPP_PING_SECONDS=30');
  expect(userDataOf(fleetStack({ services: [API] }))).not.toContain('OCPP_PING_SECONDS');
});

test('no secret passes through user data', () => {
  const stack = newStack();
  const secret = new secretsmanager.Secret(stack, 'Password');
  const user = Stack.of(withApi({ secrets: { PASSWORD: ServiceSecret.fromSecretsManager(secret) } }, stack));
  expect(JSON.stringify(templateOf(user).toJSON())).not.toContain('{{resolve:secretsmanager');
});

test('user data that EC2 would refuse is refused here', () => {
  const environment = (bytes: number) => ({ KEY: 'x'.repeat(bytes) });
  expect(() => withApi({ environment: environment(10_000) })).not.toThrow();
  expect(() => withApi({ environment: environment(15_500) })).toThrow(
    /^\[Test\/Fleet\/Files\] user data must be at most 16384 bytes, got about 1[6-9]\d{3}; shorten 'environment', or keep its values in one secret$/,
  );
});

test('the five services leave half of the user data free', () => {
  expect(Buffer.byteLength(userDataOf(fleetStack()))).toBeLessThan(8192);
});

test('what containers print is kept three months, or as long as told, encrypted', () => {
  const groups = (of: Stack) =>
    resourcesOf(of, 'AWS::Logs::LogGroup')
      .filter(([id]) => id.startsWith('Fleet'))
      .map(([id, { Properties }]) => [
        id.replace(/\w{8}$/, ''),
        Properties.RetentionInDays,
        Properties.KmsKeyId !== undefined,
      ]);
  expect(groups(Stack.of(withApi({ logRetention: logs.RetentionDays.ONE_YEAR })))).toEqual([
    ['FleetFilesLogs', 90, true],
    ['FleetFilesapiLogs', 365, true],
  ]);
});

describe('the bundle', () => {
  const files = (props: Partial<DockerizedServiceFleetProps> = {}) => {
    const published = fleet(props);
    const assembly = (published.node.root as import('aws-cdk-lib').App).synth();
    const folder = fs.readdirSync(assembly.directory).find((name) => /^asset\.\w+$/.test(name)) as string;
    return { folder, root: path.join(assembly.directory, folder) };
  };

  test('is the same for the same services, and another for others', () => {
    expect(files().folder).toBe(files().folder);
    expect(files().folder).not.toBe(files({ services: [API] }).folder);
  });

  test('does not change with what only user data carries', () => {
    const services = (image: typeof IMAGE) => [DockerService.api({ image, hostNames: ['api.example.com'] })];
    const { DockerImage } = jest.requireActual('../../src/fleet');
    expect(files({ services: services(IMAGE) }).folder).toBe(
      files({ services: services(DockerImage.fromRegistry('ghcr.io/example/platform:2.0.0')) }).folder,
    );
  });

  test('holds files with the permissions they have on the machine', () => {
    const { root } = files();
    const mode = (file: string) => (fs.statSync(path.join(root, file)).mode & 0o777).toString(8);
    expect(mode('etc/nginx/nginx.conf')).toBe('644');
    expect(mode('usr/local/lib/charging-platform/install')).toBe('755');
  });
});

import { generateKeyPairSync } from 'node:crypto';
import type { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { acknowledge } from '../../src/private/acknowledge';
import { SftpFileStorage, type SftpFileStorageProps } from '../../src/sftp';
import { newStack } from '../support/stacks';

export const ED25519 =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl partner@example.com';

export interface Defined {
  readonly stack: Stack;
  readonly storage: SftpFileStorage;
}

export function define(props?: SftpFileStorageProps, stack = newStack()): Defined {
  return { stack, storage: new SftpFileStorage(stack, 'Sftp', props) };
}

export function newVpc(stack: Stack, zones = ['eu-south-2a', 'eu-south-2b']): ec2.Vpc {
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    availabilityZones: zones,
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
      { name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
    ],
  });
  const reason = 'Stands for the network of another room, which logs its flows and closes its default group';
  const rules = ['VPCFlowLogsEnabled', 'VPCDefaultSecurityGroupClosed', 'VPCNoUnrestrictedRouteToIGW'];
  acknowledge(
    vpc,
    reason,
    'AwsSolutions-VPC7',
    ...rules.flatMap((rule) => [`NIST.800.53.R5-${rule}`, `PCI.DSS.321-${rule}`]),
  );
  return vpc;
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The shape of a key of so many bits; to find primes for it would take seconds and prove nothing more. */
export function rsaKey(bits: number): string {
  const fields = [
    Buffer.from('ssh-rsa'),
    Buffer.from([1, 0, 1]),
    Buffer.concat([Buffer.from([0]), Buffer.alloc(bits / 8, 0xab)]),
  ];
  return `ssh-rsa ${Buffer.concat(fields.map(field)).toString('base64')}`;
}

export function ecdsaKey(curve: string): string {
  const { x, y } = generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([
    Buffer.from([4]),
    Buffer.from(x as string, 'base64url'),
    Buffer.from(y as string, 'base64url'),
  ]);
  const type = `ecdsa-sha2-nist${curve.slice(0, 1).toLowerCase()}${curve.slice(2)}`;
  return `${type} ${Buffer.concat([field(Buffer.from(type)), field(Buffer.from(type.slice(11))), field(point)]).toString('base64')}`;
}

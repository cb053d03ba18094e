import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { App, Stack } from 'aws-cdk-lib';
import { AddressPlan, ChargingPlatformNetwork } from '../../src/network';
import { CdkCli } from '../local/cdk-cli';
import { ACCOUNT, Emulator } from '../local/emulator/launcher';
import { describeWith, EMULATOR } from '../support/engines';

const REGION = 'eu-south-2';
const ZONES = ['eu-south-2a', 'eu-south-2b'];

/** Two networks in one stack, joined by a peering, with a VPN. */
function synthesise(availabilityZones: string[], outdir: string): string {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Network', { env: { account: ACCOUNT, region: REGION } });
  const network = new ChargingPlatformNetwork(stack, 'Network', { availabilityZones, outputEgressAddresses: true });
  const analytics = new ChargingPlatformNetwork(stack, 'Analytics', {
    addressPlan: AddressPlan.fromCidr('10.30.0.0/20'),
    availabilityZones,
  });
  network.addVpn('Headquarters', { customerGateway: '203.0.113.10', remoteCidrs: ['192.168.0.0/16'] });
  network.addPeering('Analytics', { peerVpc: analytics.vpc });
  return app.synth().directory;
}

describeWith([EMULATOR], 'the network, deployed by the plain CDK CLI to the emulator', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'network-'));
  let emulator: Emulator;
  let ec2: EC2Client;

  beforeAll(async () => {
    emulator = await Emulator.start({ folder });
    ec2 = new EC2Client(emulator.clientConfig(REGION));
  }, 90_000);
  afterAll(async () => {
    ec2.destroy();
    await emulator.stop();
    fs.rmSync(folder, { recursive: true });
  });

  const succeeds = ({ code, output }: { code: number; output: string }) =>
    expect(code === 0 ? 'succeeded' : output.slice(-2000)).toBe('succeeded');

  /** Subnets of ours, by id: the emulator's default VPC has others. */
  async function subnets(): Promise<Record<string, string>> {
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    return Object.fromEntries(
      Subnets.filter(({ CidrBlock }) => /^10\.[23]0\./.test(CidrBlock ?? '')).map((subnet) => [
        subnet.SubnetId,
        `${subnet.CidrBlock} ${subnet.AvailabilityZone}`,
      ]),
    );
  }

  test('locks the default security groups, grows by a zone without moving a subnet, and goes again', async () => {
    const two = new CdkCli(emulator, synthesise(ZONES, path.join(folder, 'two')));
    succeeds(await two.bootstrap(REGION));
    succeeds(await two.deploy());
    const before = await subnets();
    expect(Object.keys(before)).toHaveLength(12);
    expect(Object.values(before)).toContain('10.20.144.0/20 eu-south-2b');

    const { SecurityGroups = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['default'] }] }),
    );
    const rules = SecurityGroups.map(({ IpPermissions, IpPermissionsEgress }) => [
      ...(IpPermissions ?? []),
      ...(IpPermissionsEgress ?? []),
    ]);
    // The emulator's default VPC keeps its own.
    expect(rules.filter((group) => group.length === 0)).toHaveLength(2);

    const three = new CdkCli(emulator, synthesise([...ZONES, 'eu-south-2c'], path.join(folder, 'three')));
    succeeds(await three.deploy());
    const after = await subnets();
    expect(Object.keys(after)).toHaveLength(18);
    expect(after).toMatchObject(before);
    succeeds(await three.diff());
    succeeds(await three.destroy());
  }, 240_000);
});

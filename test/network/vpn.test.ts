import { Lazy } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { NetworkTier, VpnCiphers, type VpnOptions } from '../../src/network';
import { resourcesOf, templateOf } from '../support/stacks';
import { define, THREE_ZONES } from './fixture';

const CONNECTION = 'AWS::EC2::VPNConnection';
const PROPAGATION = 'AWS::EC2::VPNGatewayRoutePropagation';
const HEADQUARTERS: VpnOptions = { customerGateway: '203.0.113.10', remoteCidrs: ['192.168.0.0/16'] };

function withVpn(options: Partial<VpnOptions> = {}) {
  const { stack, network } = define();
  return { stack, network, connection: network.addVpn('Headquarters', { ...HEADQUARTERS, ...options }) };
}

/** The tiers whose route tables learn, from the names of the tables. */
function learningOf(stack: ReturnType<typeof define>['stack']): string[] {
  return resourcesOf(stack, PROPAGATION).flatMap(([, { Properties }]) =>
    Properties.RouteTableIds.map(({ Ref }: { Ref: string }) => Ref.replace(/^NetworkVpc(\w+)Subnet(\d).*/, '$1$2')),
  );
}

test('joins a network by static routes, with keys that AWS makes and keeps in Secrets Manager', () => {
  const { stack, connection } = withVpn({ remoteCidrs: ['192.168.0.0/16', '172.20.0.0/16'] });
  templateOf(stack).hasResourceProperties('AWS::EC2::CustomerGateway', { BgpAsn: 65000, IpAddress: '203.0.113.10' });
  templateOf(stack).hasResourceProperties(CONNECTION, {
    StaticRoutesOnly: true,
    PreSharedKeyStorage: 'SecretsManager',
    VpnGatewayId: { Ref: 'NetworkVpcVpnGatewayB2A4018F' },
  });
  const routes = resourcesOf(stack, 'AWS::EC2::VPNConnectionRoute').map(([, { Properties }]) => Properties);
  expect(routes).toEqual(
    ['192.168.0.0/16', '172.20.0.0/16'].map((DestinationCidrBlock) => ({
      DestinationCidrBlock,
      VpnConnectionId: stack.resolve(connection.vpnId),
    })),
  );
});

test('learns routes by BGP where the device has a number', () => {
  const { stack } = withVpn({ bgpAsn: 65010 });
  templateOf(stack).hasResourceProperties('AWS::EC2::CustomerGateway', { BgpAsn: 65010 });
  templateOf(stack).hasResourceProperties(CONNECTION, { StaticRoutesOnly: false });
  templateOf(stack).resourceCountIs('AWS::EC2::VPNConnectionRoute', 0);
});

test('both tunnels accept nothing old', () => {
  const [[, { Properties }]] = resourcesOf(withVpn().stack, CONNECTION);
  const tunnels = Properties.VpnTunnelOptionsSpecifications.map((tunnel: Record<string, { Value: unknown }[]>) =>
    Object.fromEntries(Object.entries(tunnel).map(([name, list]) => [name, list.map(({ Value }) => Value)])),
  );
  const groups = [14, 15, 16, 17, 18, 19, 20, 21];
  const encryption = ['AES128', 'AES256', 'AES128-GCM-16', 'AES256-GCM-16'];
  const integrity = ['SHA2-256', 'SHA2-384', 'SHA2-512'];
  const modern = {
    IKEVersions: ['ikev2'],
    Phase1DHGroupNumbers: groups,
    Phase1EncryptionAlgorithms: encryption,
    Phase1IntegrityAlgorithms: integrity,
    Phase2DHGroupNumbers: groups,
    Phase2EncryptionAlgorithms: encryption,
    Phase2IntegrityAlgorithms: integrity,
  };
  expect(tunnels).toEqual([modern, modern]);
});

test('old devices are met on their own terms when wanted', () => {
  const [[, { Properties }]] = resourcesOf(withVpn({ ciphers: VpnCiphers.COMPATIBLE }).stack, CONNECTION);
  expect(Properties.VpnTunnelOptionsSpecifications ?? []).not.toContainEqual(
    expect.objectContaining({ IKEVersions: expect.anything() }),
  );
});

test('tunnels take an address and a key, of which only the reference is written', () => {
  const { stack, network } = define();
  const secret = new secretsmanager.Secret(stack, 'Keys');
  network.addVpn('Headquarters', {
    ...HEADQUARTERS,
    tunnels: [
      { insideCidr: '169.254.10.0/30', preSharedKey: secret.secretValueFromJson('first') },
      { insideCidr: '169.254.10.4/30', preSharedKey: secret.secretValueFromJson('second') },
    ],
  });
  const [[, { Properties }]] = resourcesOf(stack, CONNECTION);
  const key = (name: string) => ({
    'Fn::Join': [
      '',
      ['{{resolve:secretsmanager:', { Ref: expect.stringMatching(/^Keys/) }, `:SecretString:${name}::}}`],
    ],
  });
  expect(Properties.VpnTunnelOptionsSpecifications).toMatchObject([
    { TunnelInsideCidr: '169.254.10.0/30', PreSharedKey: key('first') },
    { TunnelInsideCidr: '169.254.10.4/30', PreSharedKey: key('second') },
  ]);
});

test('routes are learnt by the machines, of every zone, or by the tiers that are chosen', () => {
  expect(learningOf(withVpn().stack)).toEqual(['Public1', 'Public2', 'Private1', 'Private2']);
  expect(learningOf(withVpn({ tiers: [NetworkTier.PRIVATE] }).stack)).toEqual(['Private1', 'Private2']);
  const { stack, network } = define({ availabilityZones: THREE_ZONES });
  network.addVpn('Headquarters', { ...HEADQUARTERS, tiers: [NetworkTier.PUBLIC] });
  expect(learningOf(stack)).toEqual(['Public1', 'Public2', 'Public3']);
  const waits = resourcesOf(stack, PROPAGATION).map(([, { DependsOn }]) => DependsOn);
  expect(waits).toEqual([['NetworkVpcVPCVPNGWD1C9990C']]);
});

test('several VPNs share one gateway and add what they reach', () => {
  const { stack, network } = withVpn({ tiers: [NetworkTier.PRIVATE] });
  network.addVpn('Office', { customerGateway: '203.0.113.11', remoteCidrs: ['172.20.0.0/16'] });
  templateOf(stack).resourceCountIs('AWS::EC2::VPNGateway', 1);
  expect(learningOf(stack).sort()).toEqual(['Private1', 'Private2', 'Public1', 'Public2']);
});

test('tokens pass', () => {
  const token = (value: string) => Lazy.string({ produce: () => value });
  const { stack } = withVpn({ customerGateway: token('203.0.113.10'), remoteCidrs: [token('192.168.0.0/16')] });
  templateOf(stack).hasResourceProperties('AWS::EC2::VPNConnectionRoute', { DestinationCidrBlock: '192.168.0.0/16' });
});

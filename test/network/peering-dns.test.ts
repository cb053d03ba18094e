import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { PeeringReturnRoutes } from '../../src/network';
import { arnOf, isAllowed, roleIdOf } from '../support/iam';
import { resourcesOf, SPAIN, templateOf } from '../support/stacks';
import { define, ZONES } from './fixture';

const SETTING = 'Custom::PeeringDns';

function peered(env = SPAIN) {
  const app = new App();
  const stack = new Stack(app, 'Test', { env: SPAIN });
  const there = env === SPAIN ? stack : new Stack(app, 'There', { env });
  const peerVpc = new ec2.Vpc(there, 'Analytics', {
    ipAddresses: ec2.IpAddresses.cidr('10.30.0.0/16'),
    availabilityZones: [`${env.region}a`],
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
  });
  const { network } = define({}, stack);
  const peeringId = network.addPeering('Analytics', { peerVpc, dnsResolution: true });
  return { stack, network, peerVpc, peeringId };
}

test('is not set unless it is asked for', () => {
  const { stack, network } = define();
  network.addPeering('Analytics', {
    peerVpc: ec2.Vpc.fromVpcAttributes(stack, 'Peer', {
      vpcId: 'vpc-0a1b2c3d',
      vpcCidrBlock: '10.30.0.0/16',
      availabilityZones: ZONES,
      publicSubnetIds: ['subnet-1', 'subnet-2'],
      publicSubnetRouteTableIds: ['rtb-1', 'rtb-1'],
    }),
  });
  templateOf(stack).resourceCountIs(SETTING, 0);
  templateOf(stack).resourceCountIs('AWS::KMS::Key', 0);
});

test('is set at both ends within one account and region', () => {
  const { stack, peeringId } = peered();
  const [[, setting]] = resourcesOf(stack, SETTING);
  expect(setting.Properties).toMatchObject({ PeeringId: stack.resolve(peeringId), Requester: true, Accepter: true });
  expect(setting.DependsOn).toContainEqual(expect.stringContaining('SetterExecutionPolicy'));
});

test('is set at each end by its own stack between regions', () => {
  const ireland = { account: SPAIN.account, region: 'eu-west-1' };
  const { stack, network, peerVpc, peeringId } = peered(ireland);
  const back = new Stack(Stack.of(stack).node.root as App, 'Back', { env: ireland });
  const destinationCidr = network.addressPlan.cidr;
  new PeeringReturnRoutes(back, 'Back', { vpc: peerVpc, peeringId, destinationCidr, dnsResolution: true });
  const ends = (it: Stack) => resourcesOf(it, SETTING).map(([, { Properties: p }]) => [p.Requester, p.Accepter]);
  expect(ends(stack)).toEqual([[true, false]]);
  expect(ends(back)).toEqual([[false, true]]);
});

test('its function may change this peering and no other', async () => {
  const { stack } = peered();
  const role = roleIdOf(stack, 'Analytics/Dns/Setter/Execution/Role');
  const ask = (id: string) => {
    const resource = arnOf('AWS::EC2::VPCPeeringConnection', `vpc-peering-connection/${id}`);
    return isAllowed(stack, role, { action: 'ec2:ModifyVpcPeeringConnectionOptions', resource });
  };
  const [[id]] = resourcesOf(stack, 'AWS::EC2::VPCPeeringConnection');
  expect([await ask(id), await ask('pcx-0a1b2c3d')]).toEqual([true, false]);
});

import { Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { DockerService, OcppEndpoint } from '../../src/fleet';
import { newStack, templateOf } from '../support/stacks';
import { API, fleet, fleetStack, IMAGE, trustStoreIn } from './fixture';

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const TARGETS = 'AWS::ElasticLoadBalancingV2::TargetGroup';

/** The three security profiles side by side, as while a fleet of charge points moves from one to the next. */
function threeProfiles(): Stack {
  const stack = newStack();
  const ocpp = DockerService.ocpp({
    image: IMAGE,
    endpoints: [
      OcppEndpoint.plain({ hostName: 'old.example.com' }),
      OcppEndpoint.tls({ hostName: 'ocpp.example.com', sslPolicy: elbv2.SslPolicy.TLS13_12_EXT1_PQ }),
      OcppEndpoint.mutualTls({ hostName: 'secure.example.com', port: 8443, trustStore: trustStoreIn(stack) }),
    ],
  });
  return Stack.of(fleet({ services: [API, ocpp] }, stack));
}

const stack = threeProfiles();
const template = templateOf(stack);

test('stands on one Elastic IP per zone, does not cross zones, and can leave one', () => {
  template.hasResourceProperties(LOAD_BALANCER, {
    Type: 'network',
    Scheme: 'internet-facing',
    SubnetMappings: [1, 2].map((number) =>
      Match.objectLike({
        AllocationId: { 'Fn::GetAtt': [Match.stringLikeRegexp(`ChargePointsAddress${number}`), 'AllocationId'] },
      }),
    ),
    LoadBalancerAttributes: Match.arrayWith([
      { Key: 'deletion_protection.enabled', Value: 'true' },
      { Key: 'load_balancing.cross_zone.enabled', Value: 'false' },
      { Key: 'zonal_shift.config.enabled', Value: 'true' },
    ]),
  });
});

test('stands on addresses that exist already', () => {
  const ocppElasticIps = [1, 2].map((n) => ({
    allocationId: `eipalloc-0123456789abcdef${n}`,
    address: `198.51.100.${n}`,
  }));
  const moved = fleet({ ocppElasticIps });
  const own = templateOf(Stack.of(moved));
  own.hasResourceProperties(LOAD_BALANCER, {
    Type: 'network',
    SubnetMappings: ocppElasticIps.map(({ allocationId }) => Match.objectLike({ AllocationId: allocationId })),
  });
  expect(moved.ocppAddresses).toEqual(['198.51.100.1', '198.51.100.2']);
  expect(Object.keys(own.findResources('AWS::EC2::EIP')).filter((id) => id.startsWith('Fleet'))).toEqual([]);
});

test.each([
  [80, 10_080],
  [443, 10_443],
  [8443, 18_443],
])('passes port %d through to the listener %d', (port, behind) => {
  template.hasResourceProperties(LISTENER, {
    Port: port,
    Protocol: 'TCP',
    ListenerAttributes: [{ Key: 'tcp.idle_timeout.seconds', Value: '6000' }],
  });
  template.hasResourceProperties(TARGETS, {
    TargetType: 'alb',
    Protocol: 'TCP',
    Port: behind,
    HealthCheckPort: '8080',
    HealthCheckProtocol: 'HTTP',
    Matcher: { HttpCode: '200' },
  });
});

test('each listener has the TLS of its profile', () => {
  template.hasResourceProperties(LISTENER, {
    Port: 10_080,
    Protocol: 'HTTP',
    Certificates: Match.absent(),
    SslPolicy: Match.absent(),
  });
  template.hasResourceProperties(LISTENER, {
    Port: 10_443,
    Protocol: 'HTTPS',
    SslPolicy: elbv2.SslPolicy.TLS13_12_EXT1_PQ,
    MutualAuthentication: Match.absent(),
  });
  template.hasResourceProperties(LISTENER, {
    Port: 18_443,
    Protocol: 'HTTPS',
    SslPolicy: elbv2.SslPolicy.TLS13_12_RES_PQ,
    MutualAuthentication: { Mode: 'verify', TrustStoreArn: Match.anyValue() },
  });
});

test('answers its own name only, with or without port', () => {
  template.hasResourceProperties(RULE, {
    Priority: 2,
    Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['ocpp.example.com', 'ocpp.example.com?*'] } }],
  });
});

test('a client cannot claim to have come by the listener that checks certificates', () => {
  const refusing = Object.values(template.findResources(RULE, { Properties: { Priority: 1 } }))
    .filter(({ Properties }) => JSON.stringify(Properties.Conditions).includes('X-Forwarded-Port'))
    .map(({ Properties }) => Properties.ListenerArn.Ref);
  expect(refusing.map((id) => /(Ocpp\d+|Https)/.exec(id)?.[0]).sort()).toEqual(['Https', 'Ocpp443', 'Ocpp80']);
});

test('the health check is answered to the network load balancer alone', () => {
  template.hasResourceProperties(LISTENER, {
    Port: 8080,
    DefaultActions: [Match.objectLike({ FixedResponseConfig: Match.objectLike({ StatusCode: '200' }) })],
  });
  const open = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'))
    .filter(({ Properties }) => [8080, 10_080, 10_443, 18_443].includes(Properties.FromPort))
    .map(({ Properties }) => JSON.stringify(Properties.SourceSecurityGroupId));
  expect(open).toHaveLength(4);
  for (const source of open) {
    expect(source).toContain('ChargePointsSecurityGroup');
  }
});

test('is open to everybody on the ports of its endpoints', () => {
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    GroupDescription: 'Network load balancer of the charge points',
    SecurityGroupIngress: [80, 443, 8443].map((port) =>
      Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: port, ToPort: port, IpProtocol: 'tcp' }),
    ),
  });
});

test('is profile 2 on port 443 with the strictest policy by default', () => {
  templateOf(fleetStack()).hasResourceProperties(LISTENER, {
    Port: 10_443,
    SslPolicy: elbv2.SslPolicy.TLS13_12_RES_PQ,
  });
});

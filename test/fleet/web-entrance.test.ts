import { Duration, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { DockerService, Exposure, OcppEndpoint, Placement } from '../../src/fleet';
import { newStack, resourcesOf, templateOf } from '../support/stacks';
import { API, fleet, fleetStack, IMAGE, trustStoreIn } from './fixture';

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const TARGETS = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const INGRESS = 'AWS::EC2::SecurityGroupIngress';

const stack = fleetStack();
const template = templateOf(stack);

/** Attributes of the first resource of the type that fit, as an object. */
function attributesOf(of: Stack, type: string, list: string, fits: object): Record<string, string> {
  const [resource] = Object.values(templateOf(of).findResources(type, { Properties: fits }));
  return Object.fromEntries(
    resource.Properties[list].map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value]),
  );
}

const application = (of: Stack) => attributesOf(of, LOAD_BALANCER, 'LoadBalancerAttributes', { Type: 'application' });

test('is hardened, protected, logged, and can leave a zone', () => {
  expect(application(stack)).toMatchObject({
    'deletion_protection.enabled': 'true',
    'idle_timeout.timeout_seconds': '4000',
    'routing.http.drop_invalid_header_fields.enabled': 'true',
    'routing.http.desync_mitigation_mode': 'defensive',
    'routing.http.xff_header_processing.mode': 'append',
    'routing.http.preserve_host_header.enabled': 'true',
    'zonal_shift.config.enabled': 'true',
    'access_logs.s3.enabled': 'true',
    'connection_logs.s3.enabled': 'true',
  });
});

test('holds sockets as long as told', () => {
  expect(application(fleetStack({ ocppIdleTimeout: Duration.seconds(600) }))).toMatchObject({
    'idle_timeout.timeout_seconds': '600',
  });
});

test('has one target group per service, on the port that follows from its name', () => {
  const ports = Object.values(template.findResources(TARGETS, { Properties: { TargetType: 'instance' } })).map(
    ({ Properties }) => `${Properties.Port} ${Properties.HealthCheckPath}`,
  );
  expect(ports.sort()).toEqual(['8081 /health', '8082 /health', '8083 /health', '8084 /health']);
});

test('takes turns for web, and gives a socket to the machine with the fewest', () => {
  const group = (port: number) => attributesOf(stack, TARGETS, 'TargetGroupAttributes', { Port: port });
  expect(group(8082)).toMatchObject({
    'load_balancing.algorithm.type': 'round_robin',
    'deregistration_delay.timeout_seconds': '30',
  });
  expect(group(8083)).toMatchObject({
    'load_balancing.algorithm.type': 'least_outstanding_requests',
    'deregistration_delay.timeout_seconds': '360',
  });
});

test('waits a minute longer than a machine drains', () => {
  const drained = fleetStack({ ocppDrainWindow: Duration.seconds(3540) });
  expect(attributesOf(drained, TARGETS, 'TargetGroupAttributes', { Port: 8083 })).toMatchObject({
    'deregistration_delay.timeout_seconds': '3600',
  });
});

test('speaks TLS of the newest policy, or of the one asked for', () => {
  template.hasResourceProperties(LISTENER, { Port: 443, SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09' });
  const other = Exposure.direct({ sslPolicy: elbv2.SslPolicy.TLS13_13 });
  templateOf(fleetStack({ exposure: other })).hasResourceProperties(LISTENER, {
    Port: 443,
    SslPolicy: elbv2.SslPolicy.TLS13_13,
  });
});

test('says nothing of itself and asks browsers for HTTPS', () => {
  expect(attributesOf(stack, LISTENER, 'ListenerAttributes', { Port: 443 })).toEqual({
    'routing.http.response.server.enabled': 'false',
    'routing.http.response.strict_transport_security.header_value': 'max-age=31536000',
    'routing.http.response.x_content_type_options.header_value': 'nosniff',
  });
});

test('leads port 80 to HTTPS, or does not listen there', () => {
  template.hasResourceProperties(LISTENER, {
    Port: 80,
    DefaultActions: [{ Type: 'redirect', RedirectConfig: { Port: '443', Protocol: 'HTTPS', StatusCode: 'HTTP_301' } }],
  });
  const without = templateOf(fleetStack({ exposure: Exposure.direct({ httpRedirect: false }) }));
  expect(without.findResources(LISTENER, { Properties: { Port: 80 } })).toEqual({});
  expect(JSON.stringify(without.findResources('AWS::EC2::SecurityGroup'))).not.toContain('Redirect to HTTPS');
});

test('routes by name and path', () => {
  const services = [
    API,
    DockerService.web({ name: 'v2', image: IMAGE, hostNames: ['api.example.com'], paths: ['/v2/*'] }),
  ];
  const routed = templateOf(fleetStack({ services }));
  routed.resourceCountIs(RULE, 2);
  routed.hasResourceProperties(RULE, {
    Conditions: [
      { Field: 'host-header', HostHeaderConfig: { Values: ['api.example.com'] } },
      { Field: 'path-pattern', PathPatternConfig: { Values: ['/v2/*'] } },
    ],
  });
  const [[, withPath], [, without]] = [...resourcesOf(Stack.of(fleet({ services })), RULE)].sort(
    ([, a], [, b]) => b.Properties.Conditions.length - a.Properties.Conditions.length,
  );
  expect(withPath.Properties.Priority).toBeLessThan(without.Properties.Priority);
});

test.each([
  ['private', template],
  ['public', templateOf(fleetStack({ placement: Placement.publicSubnets() }))],
])('opens machines in %s subnets to itself only', (_placement, placed) => {
  const rules = Object.values(placed.findResources(INGRESS)).filter(({ Properties }) =>
    JSON.stringify(Properties.GroupId).includes('MachinesSecurityGroup'),
  );
  expect(rules.map(({ Properties }) => Properties.FromPort).sort()).toEqual([8081, 8082, 8083, 8084]);
  for (const { Properties } of rules) {
    expect(JSON.stringify(Properties.SourceSecurityGroupId)).toContain('FleetEntranceSecurityGroup');
    expect(Properties.CidrIp).toBeUndefined();
  }
  const own = Object.entries(placed.findResources('AWS::EC2::SecurityGroup')).filter(([id]) => /Machines/.test(id));
  expect(own.map(([, { Properties }]) => Properties.SecurityGroupIngress)).toEqual([undefined]);
});

describe('behind CloudFront', () => {
  test('is internal and listens on 443 alone', () => {
    const behind = templateOf(fleetStack({ exposure: Exposure.throughCdn() }));
    behind.hasResourceProperties(LOAD_BALANCER, { Type: 'application', Scheme: 'internal' });
    expect(behind.findResources(LISTENER, { Properties: { Port: 80 } })).toEqual({});
  });

  test('is open to the prefix list where it is given, in a group of its own', () => {
    const own = newStack();
    const cloudFrontPrefixList = ec2.PrefixList.fromPrefixListId(own, 'CloudFront', 'pl-11112222');
    const behind = templateOf(Stack.of(fleet({ exposure: Exposure.throughCdn({ cloudFrontPrefixList }) }, own)));
    behind.hasResourceProperties(INGRESS, { SourcePrefixListId: 'pl-11112222', FromPort: 443, ToPort: 443 });
    behind.hasResourceProperties(LOAD_BALANCER, {
      Type: 'application',
      SecurityGroups: [Match.anyValue(), Match.anyValue()],
    });
  });
});

test('refuses a client that names a port, as soon as one endpoint checks certificates', () => {
  const own = newStack();
  const ocpp = DockerService.ocpp({
    image: IMAGE,
    hostNames: ['ocpp.example.com'],
    endpoints: [OcppEndpoint.mutualTls({ hostName: 'm.example.com', port: 8443, trustStore: trustStoreIn(own) })],
  });
  templateOf(Stack.of(fleet({ services: [API, ocpp] }, own))).hasResourceProperties(RULE, {
    Priority: 1,
    ListenerArn: { Ref: Match.stringLikeRegexp('Https') },
    Conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Forwarded-Port', Values: ['*'] } }],
    Actions: [
      Match.objectLike({ Type: 'fixed-response', FixedResponseConfig: Match.objectLike({ StatusCode: '400' }) }),
    ],
  });
  expect(JSON.stringify(template.findResources(RULE))).not.toContain('X-Forwarded-Port');
});

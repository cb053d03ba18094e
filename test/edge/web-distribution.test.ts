import { CfnParameter, Duration } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { aws_wafv2 } from 'aws-cdk-lib/interfaces';
import { Construct } from 'constructs';
import { OriginAccess, type WebDistributionProps, WebDistributionTelemetry } from '../../src/edge';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { resourcesOf, templateOf } from '../support/stacks';
import { EdgeFixture, webAclOf } from './support';

function define(props: Partial<WebDistributionProps> = {}): EdgeFixture {
  const fixture = new EdgeFixture();
  fixture.distribution(props);
  return fixture;
}

function configOf(fixture: EdgeFixture, stack = fixture.platform) {
  return resourcesOf(stack, 'AWS::CloudFront::Distribution')[0][1].Properties.DistributionConfig;
}

describe('what it builds', () => {
  const fixture = define();
  const config = configOf(fixture);

  test('serves its host names by modern TLS and HTTP/3 from the European edges', () => {
    expect(config).toMatchObject({
      Aliases: ['api.example.com', 'backoffice.example.com'],
      HttpVersion: 'http2and3',
      IPV6Enabled: true,
      PriceClass: 'PriceClass_100',
      ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2025', SslSupportMethod: 'sni-only' },
    });
  });

  test('reaches the load balancer inside the VPC, by TLS only, under the name its certificate covers', () => {
    templateOf(fixture.platform).hasResourceProperties('AWS::CloudFront::VpcOrigin', {
      VpcOriginEndpointConfig: {
        Arn: 'arn:aws:elasticloadbalancing:eu-south-2:111122223333:loadbalancer/app/platform/1111222233334444',
        OriginProtocolPolicy: 'https-only',
        OriginSSLProtocols: ['TLSv1.2'],
      },
    });
    expect(config.Origins[0]).toMatchObject({
      DomainName: 'origin.example.com',
      VpcOriginConfig: { OriginReadTimeout: 60, OriginKeepaliveTimeout: 30 },
    });
  });

  test('passes each request on uncached, with every header of the viewer, Host included', () => {
    expect(config.DefaultCacheBehavior).toMatchObject({
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad', // CachingDisabled
      OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3', // AllViewer
      ResponseHeadersPolicyId: '67f7725c-6f97-4210-82d7-5512b31e9d03', // SecurityHeadersPolicy
      ViewerProtocolPolicy: 'redirect-to-https',
      AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
      TargetOriginId: config.Origins[0].Id,
    });
  });

  test('serves static files from its own bucket, cached, and only through CloudFront', () => {
    const [immutable, changing] = config.CacheBehaviors;
    for (const [behaviour, pattern] of [
      [immutable, '/static/immutable/*'],
      [changing, '/static/*'],
    ]) {
      expect(behaviour).toMatchObject({
        PathPattern: pattern,
        CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6', // CachingOptimized
        AllowedMethods: ['GET', 'HEAD'],
        TargetOriginId: config.Origins[1].Id,
      });
    }
    expect(changing.ResponseHeadersPolicyId).toBe('67f7725c-6f97-4210-82d7-5512b31e9d03');
    expect(config.Origins[1].OriginAccessControlId).toBeDefined();
    const policies = JSON.stringify(resourcesOf(fixture.platform, 'AWS::S3::BucketPolicy'));
    expect(policies).toContain('cloudfront.amazonaws.com');
  });

  test('lets browsers keep files that never change for a year, with the same security headers', () => {
    const [[id, { Properties }]] = resourcesOf(fixture.platform, 'AWS::CloudFront::ResponseHeadersPolicy');
    expect(config.CacheBehaviors[0].ResponseHeadersPolicyId).toEqual({ Ref: id });
    expect(Properties.ResponseHeadersPolicyConfig).toMatchObject({
      CustomHeadersConfig: {
        Items: [{ Header: 'Cache-Control', Value: 'public, max-age=31536000, immutable', Override: true }],
      },
      SecurityHeadersConfig: {
        ContentTypeOptions: { Override: true },
        FrameOptions: { FrameOption: 'SAMEORIGIN' },
        ReferrerPolicy: { ReferrerPolicy: 'strict-origin-when-cross-origin' },
        StrictTransportSecurity: { AccessControlMaxAgeSec: 31536000 },
        XSSProtection: { Protection: true, ModeBlock: true },
      },
    });
  });

  test('shows nobody a page of its own, and shuts no country out, unless told', () => {
    expect(config.CustomErrorResponses).toBeUndefined();
    expect(config.Restrictions).toBeUndefined();
  });

  test('reads certificate and web ACL of us-east-1 without custom resources', () => {
    expect(config.WebACLId).toEqual({
      'Fn::GetStackOutput': { StackName: 'Edge', Region: 'us-east-1', OutputName: expect.any(String) },
    });
    expect(config.ViewerCertificate.AcmCertificateArn).toEqual({
      'Fn::GetStackOutput': { StackName: 'Edge', Region: 'us-east-1', OutputName: expect.any(String) },
    });
    for (const stack of [fixture.edge, fixture.platform]) {
      const types = Object.values(templateOf(stack).toJSON().Resources).map(
        (resource) => (resource as { Type: string }).Type,
      );
      expect(types.filter((type) => type.startsWith('Custom::') || type === 'AWS::Lambda::Function')).toEqual([]);
    }
  });

  test('has no alarms and no log delivery outside us-east-1', () => {
    templateOf(fixture.platform).resourceCountIs('AWS::CloudWatch::Alarm', 0);
    templateOf(fixture.platform).resourceCountIs('AWS::Logs::Delivery', 0);
  });

  test('warns of nothing', () => {
    Annotations.fromStack(fixture.platform).hasNoWarning('/Platform/Cdn', Match.anyValue());
  });

  test('keeps its buckets and key, under logical ids that do not change', () => {
    const kept = ['AWS::S3::Bucket', 'AWS::KMS::Key'].flatMap((type) => resourcesOf(fixture.platform, type));
    expect(kept.map(([id, { DeletionPolicy }]) => `${id} ${DeletionPolicy}`)).toEqual([
      'CdnLogsA23F7455 Retain',
      'CdnStaticContent2A0D3B08 Retain',
      'CdnKey61957693 Retain',
    ]);
  });
});

test('stands in us-east-1 with its own logs and alarms', () => {
  const fixture = new EdgeFixture();
  const alerts = new RecordedAlerts('us-east-1');
  fixture.distribution({ alerts }, 'Cdn', fixture.edge);
  expect(alerts.alarms).toHaveLength(3);
  templateOf(fixture.edge).resourceCountIs('AWS::Logs::Delivery', 1);
  expect(nagFindings(fixture.edge)).toEqual([]);
});

test('passes the three packs once its logs are delivered', () => {
  const fixture = new EdgeFixture();
  const distribution = fixture.distribution();
  new WebDistributionTelemetry(fixture.telemetry, 'Cdn', { distribution, alerts: new RecordedAlerts('us-east-1') });
  expect(nagFindings(fixture.platform)).toEqual([]);
});

test('lets an audit see that nothing filters and nothing is logged', () => {
  expect(nagFindings(define({ webAcl: undefined }).platform)).toEqual([
    'AwsSolutions-CFR2 Platform/Cdn/Distribution/Resource',
    'AwsSolutions-CFR3 Platform/Cdn/Distribution/Resource',
  ]);
});

test('satisfies the schemas of CloudFormation', () => {
  const fixture = new EdgeFixture();
  const distribution = fixture.distribution();
  new WebDistributionTelemetry(fixture.telemetry, 'Cdn', { distribution, alerts: new RecordedAlerts('us-east-1') });
  expect(strictFindings(fixture.platform)).toEqual([]);
});

test('two copies fit in one stack', () => {
  const fixture = new EdgeFixture();
  fixture.distribution();
  fixture.distribution({ hostNames: ['ocpi.example.com'] }, 'SecondCdn');
  const names = resourcesOf(fixture.platform, 'AWS::CloudFront::VpcOrigin').map(
    ([, { Properties }]) => Properties.VpcOriginEndpointConfig.Name,
  );
  expect(new Set(names).size).toBe(2);
});

describe('a public load balancer', () => {
  const fixture = new EdgeFixture();
  const { platform } = fixture;
  const secret = secretsmanager.Secret.fromSecretNameV2(platform, 'OriginSecret', 'cdn/origin');
  const cloudFrontPrefixList = ec2.PrefixList.fromPrefixListId(platform, 'CloudFront', 'pl-11112222');
  fixture.distribution({ originAccess: OriginAccess.publicAddress({ cloudFrontPrefixList, secret }) });
  const reference = (name: string) => ({
    'Fn::Join': [
      '',
      [
        '{{resolve:secretsmanager:arn:',
        { Ref: 'AWS::Partition' },
        `:secretsmanager:eu-south-2:111122223333:secret:cdn/${name}:SecretString:::}}`,
      ],
    ],
  });

  test('is reached by TLS under its name, with a secret that the template does not hold', () => {
    templateOf(platform).resourceCountIs('AWS::CloudFront::VpcOrigin', 0);
    const [origin] = configOf(fixture).Origins;
    expect(origin).toMatchObject({
      DomainName: 'origin.example.com',
      CustomOriginConfig: {
        OriginProtocolPolicy: 'https-only',
        OriginSSLProtocols: ['TLSv1.2'],
        OriginReadTimeout: 60,
        OriginKeepaliveTimeout: 30,
      },
    });
    expect(origin.OriginCustomHeaders).toEqual([{ HeaderName: 'X-Origin-Verify', HeaderValue: reference('origin') }]);
  });

  test('passes the three packs but for its logs, which telemetry delivers', () => {
    expect(nagFindings(platform)).toEqual(['AwsSolutions-CFR3 Platform/Cdn/Distribution/Resource']);
  });

  test('lets only CloudFront in', () => {
    const ingress = resourcesOf(platform, 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => Properties);
    expect(ingress).toMatchObject([
      { GroupId: 'sg-11112222', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, SourcePrefixListId: 'pl-11112222' },
    ]);
  });

  test('demands the secret in each rule, two while it changes', () => {
    const next = secretsmanager.Secret.fromSecretNameV2(platform, 'Next', 'cdn/next');
    const condition = OriginAccess.listenerCondition(secret, next);
    const { httpHeaderConfig } = platform.resolve(condition.renderRawCondition());
    expect(httpHeaderConfig.httpHeaderName).toBe('X-Origin-Verify');
    expect(httpHeaderConfig.values).toEqual([reference('origin'), reference('next')]);
  });
});

test('props change what they name', () => {
  const config = configOf(
    define({
      staticPath: '/assets/*',
      unavailablePage: '/assets/unavailable.html',
      priceClass: cloudfront.PriceClass.PRICE_CLASS_ALL,
      geoRestriction: cloudfront.GeoRestriction.allowlist('ES', 'PT'),
      originReadTimeout: Duration.seconds(90),
      originKeepaliveTimeout: Duration.seconds(10),
    }),
  );
  expect(config.CacheBehaviors.map(({ PathPattern }: { PathPattern: string }) => PathPattern)).toEqual([
    '/assets/immutable/*',
    '/assets/*',
  ]);
  expect(config.PriceClass).toBe('PriceClass_All');
  expect(config.Restrictions).toEqual({ GeoRestriction: { RestrictionType: 'whitelist', Locations: ['ES', 'PT'] } });
  expect(config.CustomErrorResponses).toEqual(
    [502, 503, 504].map((status) => ({
      ErrorCode: status,
      ResponseCode: status,
      ResponsePagePath: '/assets/unavailable.html',
      ErrorCachingMinTTL: 5,
    })),
  );
  expect(config.Origins[0].VpcOriginConfig).toMatchObject({ OriginReadTimeout: 90, OriginKeepaliveTimeout: 10 });
});

test('keeps access logs 400 days, or as long as told', () => {
  const days = (props: Partial<WebDistributionProps>) =>
    resourcesOf(define(props).platform, 'AWS::S3::Bucket')[0][1].Properties.LifecycleConfiguration.Rules[0]
      .ExpirationInDays;
  expect(days({})).toBe(400);
  expect(days({ logRetention: Duration.days(30) })).toBe(30);
});

test('metrics carry both dimensions that CloudFront publishes under, and its region', () => {
  const distribution = new EdgeFixture().distribution();
  const metrics = {
    Requests: distribution.metricRequests(),
    '4xxErrorRate': distribution.metric4xxErrorRate(),
    '5xxErrorRate': distribution.metric5xxErrorRate(),
    OriginLatency: distribution.metricOriginLatency({ statistic: 'p99' }),
    CacheHitRate: distribution.metricCacheHitRate(),
  };
  for (const [name, metric] of Object.entries(metrics)) {
    expect(metric).toMatchObject({ namespace: 'AWS/CloudFront', metricName: name, region: 'us-east-1' });
    expect(metric.dimensions).toEqual({ DistributionId: expect.anything(), Region: 'Global' });
  }
  expect(metrics.OriginLatency.statistic).toBe('p99');
});

test('refuses alerts outside us-east-1', () => {
  expect(() => define({ alerts: new RecordedAlerts() })).toThrow(
    "[Platform/Cdn] 'alerts' cannot be used in 'eu-south-2': CloudFront's metrics live in us-east-1; define a WebDistributionTelemetry with alerts of us-east-1 in a stack of us-east-1",
  );
});

test('refuses a certificate of another region, defined or imported', () => {
  const message =
    "[Platform/Cdn] 'certificate' must be of region us-east-1, the only one CloudFront takes certificates from, got one of 'eu-south-2'; define it in a stack of us-east-1";
  const fixture = new EdgeFixture();
  const local = new acm.Certificate(fixture.platform, 'Certificate', { domainName: 'example.com' });
  const imported = acm.Certificate.fromCertificateArn(
    fixture.edge,
    'Imported',
    'arn:aws:acm:eu-south-2:111122223333:certificate/11111111-2222-3333-4444-555555555555',
  );
  expect(() => fixture.distribution({ certificate: local }, 'Cdn')).toThrow(message);
  expect(() => new EdgeFixture().distribution({ certificate: imported })).toThrow(message);
});

test('refuses a web ACL of another region', () => {
  const fixture = new EdgeFixture();
  expect(() => fixture.distribution({ webAcl: webAclOf(fixture.platform, 'REGIONAL') })).toThrow(
    "[Platform/Cdn] 'webAcl' must be of scope CLOUDFRONT and so of region us-east-1, got one of 'eu-south-2'; a regional web ACL protects the load balancer",
  );
});

test('refuses a regional web ACL of us-east-1 that says so', () => {
  const fixture = new EdgeFixture();
  const regional = new (class extends Construct implements aws_wafv2.IWebACLRef {
    public readonly env = { account: '111122223333', region: 'us-east-1' };
    public readonly webAclRef = { webAclName: 'acl', webAclId: 'id', webAclArn: 'arn', scope: 'REGIONAL' };
  })(fixture.edge, 'Imported');
  expect(() => fixture.distribution({ webAcl: regional })).toThrow(
    "[Platform/Cdn] 'webAcl' must be of scope CLOUDFRONT, got REGIONAL; a regional web ACL protects the load balancer",
  );
});

describe('tokens pass', () => {
  test('as host names', () => {
    const fixture = new EdgeFixture();
    const name = new CfnParameter(fixture.platform, 'Name').valueAsString;
    fixture.distribution({ hostNames: [name], originHostName: name });
    expect(configOf(fixture).Aliases).toEqual([{ Ref: 'Name' }]);
  });
});

import { CfnParameter, Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import {
  SftpEndpoint,
  SftpFileStorage,
  type SftpFileStorageProps,
  SftpPermission,
  SftpSecurityPolicy,
} from '../../src/sftp';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { arnOf, isAllowed, roleIdOf } from '../support/iam';
import { newStack, resourcesOf, templateOf } from '../support/stacks';
import { type Defined, define, ED25519, newVpc, rsaKey } from './support';

const serverOf = ({ stack }: Defined) => resourcesOf(stack, 'AWS::Transfer::Server')[0][1].Properties;
const filesOf = ({ stack }: Defined) =>
  resourcesOf(stack, 'AWS::S3::Bucket').find(([, { Properties }]) => Properties.VersioningConfiguration) as [
    string,
    Record<string, never>,
  ];

function everything(): Defined {
  const stack = newStack();
  const endpoint = SftpEndpoint.elasticIps({ vpc: newVpc(stack), allowFrom: ['203.0.113.0/24'] });
  const defined = define({ endpoint, alerts: new RecordedAlerts() }, stack);
  defined.storage.addUser('acme', { publicKeys: [ED25519] });
  defined.storage.addUser('auditor', { publicKeys: [ED25519], homePrefix: 'acme', permission: SftpPermission.READ });
  return defined;
}

describe('server', () => {
  const defined = define();

  test('speaks SFTP with keys that CDK manages, post-quantum, and takes clients that set times', () => {
    expect(serverOf(defined)).toMatchObject({
      Protocols: ['SFTP'],
      Domain: 'S3',
      IdentityProviderType: 'SERVICE_MANAGED',
      SecurityPolicyName: 'TransferSecurityPolicy-2025-03',
      S3StorageOptions: { DirectoryListingOptimization: 'ENABLED' },
      ProtocolDetails: { SetStatOption: 'ENABLE_NO_OP' },
    });
  });

  test('is public by default, without addresses of its own', () => {
    expect(serverOf(defined).EndpointType).toBe('PUBLIC');
    expect(serverOf(defined).EndpointDetails).toBeUndefined();
    expect(defined.storage.addresses).toEqual([]);
    expect(defined.storage.connections).toBeUndefined();
  });

  test('logs who did what, encrypted, a year', () => {
    const [[id, group]] = resourcesOf(defined.stack, 'AWS::Logs::LogGroup');
    expect(serverOf(defined).StructuredLogDestinations).toEqual([{ 'Fn::GetAtt': [id, 'Arn'] }]);
    expect(group.Properties).toMatchObject({
      RetentionInDays: 365,
      KmsKeyId: { 'Fn::GetAtt': ['SftpKey7F3B8A9A', 'Arn'] },
    });
    const [[, policy]] = resourcesOf(defined.stack, 'AWS::Logs::ResourcePolicy');
    expect(JSON.stringify(policy)).toContain('delivery.logs.amazonaws.com');
  });

  test('has a name that clients connect to', () => {
    expect(defined.stack.resolve(defined.storage.hostName)).toEqual({
      'Fn::Join': [
        '',
        [
          { 'Fn::GetAtt': ['SftpServer76C2C19A', 'ServerId'] },
          '.server.transfer.eu-south-2.',
          { Ref: 'AWS::URLSuffix' },
        ],
      ],
    });
  });

  test('the policy is a choice', () => {
    expect(serverOf(define({ securityPolicy: SftpSecurityPolicy.V2024_01 })).SecurityPolicyName).toBe(
      'TransferSecurityPolicy-2024-01',
    );
  });
});

describe('files', () => {
  const defined = define();

  test('are versioned, encrypted, and what is deleted comes back for 90 days', () => {
    const [, bucket] = filesOf(defined);
    expect(bucket.Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
        ],
      },
    });
    expect(JSON.stringify(bucket.Properties)).toContain('"NoncurrentDays":90');
  });

  test('are announced on the event bus, without a custom resource', () => {
    const [, bucket] = filesOf(defined);
    expect(bucket.Properties).toMatchObject({
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    templateOf(defined.stack).resourceCountIs('Custom::S3BucketNotifications', 0);
  });

  test('are kept, under logical ids that do not change', () => {
    const kept = ['AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::Transfer::Server'].flatMap((type) =>
      resourcesOf(defined.stack, type),
    );
    expect(kept.map(([id, { DeletionPolicy }]) => `${id} ${DeletionPolicy}`)).toEqual([
      'SftpAccessLogs0C7AFA65 Retain',
      'SftpFiles0BD2BADC Retain',
      'SftpKey7F3B8A9A Retain',
      'SftpServer76C2C19A undefined',
    ]);
  });

  test('follow the props', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Own');
    const other = define(
      { encryptionKey, versionRetention: Duration.days(7), logRetention: logs.RetentionDays.ONE_MONTH },
      stack,
    );
    templateOf(stack).resourceCountIs('AWS::KMS::Key', 1);
    templateOf(stack).hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    expect(JSON.stringify(filesOf(other)[1].Properties)).toContain('"NoncurrentDays":7');
  });
});

describe('endpoint', () => {
  const definedWith = (endpointOf: typeof SftpEndpoint.elasticIps) => {
    const stack = newStack();
    return define(
      { endpoint: endpointOf({ vpc: newVpc(stack), allowFrom: ['203.0.113.0/24', '198.51.100.7/32'] }) },
      stack,
    );
  };

  test('with Elastic IPs: one in each public subnet, and only the networks named', () => {
    const defined = definedWith(SftpEndpoint.elasticIps);
    const { EndpointType, EndpointDetails } = serverOf(defined);
    expect(EndpointType).toBe('VPC');
    expect(EndpointDetails.SubnetIds).toEqual([
      { Ref: expect.stringContaining('PublicSubnet1') },
      { Ref: expect.stringContaining('PublicSubnet2') },
    ]);
    const elasticIps = resourcesOf(defined.stack, 'AWS::EC2::EIP').map(([id]) => id);
    expect(elasticIps).toEqual(['SftpEndpointElasticIp1055A8AD3', 'SftpEndpointElasticIp29AD8B654']);
    expect(EndpointDetails.AddressAllocationIds).toEqual(
      elasticIps.map((id) => ({ 'Fn::GetAtt': [id, 'AllocationId'] })),
    );
    expect(defined.stack.resolve(defined.storage.addresses)).toEqual(
      elasticIps.map((id) => ({ 'Fn::GetAtt': [id, 'PublicIp'] })),
    );
    const [[, group]] = resourcesOf(defined.stack, 'AWS::EC2::SecurityGroup');
    expect(group.Properties.SecurityGroupIngress).toMatchObject([
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '203.0.113.0/24' },
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '198.51.100.7/32' },
    ]);
  });

  test('inside the VPC: private subnets, no Elastic IPs', () => {
    const defined = definedWith(SftpEndpoint.insideVpc);
    const { EndpointType, EndpointDetails } = serverOf(defined);
    expect(EndpointType).toBe('VPC');
    expect(EndpointDetails.SubnetIds).toHaveLength(2);
    expect(EndpointDetails.SubnetIds[0].Ref).toContain('DataSubnet1');
    expect(EndpointDetails.AddressAllocationIds).toBeUndefined();
    expect(defined.storage.connections).toBeDefined();
  });
});

describe('users', () => {
  const stack = newStack();
  const { storage } = define({}, stack);
  storage.addUser('acme', { publicKeys: [`${ED25519}\n`, rsaKey(2048)], homePrefix: 'partners/acme' });
  storage.addUser('reader', { publicKeys: [ED25519], permission: SftpPermission.READ });
  storage.addUser('writer', { publicKeys: [ED25519], permission: SftpPermission.WRITE });
  new iam.ManagedPolicy(stack, 'Careless', {
    roles: [storage.addUser('victim', { publicKeys: [ED25519] })],
    statements: [new iam.PolicyStatement({ actions: ['s3:*', 'kms:*'], resources: ['*'] })],
  });
  storage.addUser('longest', { publicKeys: [ED25519], homePrefix: 'p'.repeat(300) });
  const bucketId = filesOf({ stack, storage })[0];
  const bucket = arnOf('AWS::S3::Bucket', bucketId);
  const key = arnOf('AWS::KMS::Key', resourcesOf(stack, 'AWS::KMS::Key')[0][0]);
  const may = (user: string, action: string, resource: string, context: Record<string, string> = {}) =>
    isAllowed(stack, roleIdOf(stack, `Users/${user}/Access/Role`), { action, resource, context });

  const sessionPolicyOf = (user: string) =>
    resourcesOf(stack, 'AWS::Transfer::User').find(([, { Properties }]) => Properties.UserName === user)?.[1].Properties
      .Policy;

  test.each([
    ['s3:PutObject', '/victim/cdr.csv', true],
    ['s3:GetObject', '/victim/in/cdr.csv', true],
    ['s3:GetObject', '/victim2/cdr.csv', false],
    ['s3:GetObject', '/reader/cdr.csv', false],
    ['s3:DeleteObjectVersion', '/victim/cdr.csv', false],
    ['s3:PutObjectAcl', '/victim/cdr.csv', false],
  ])('stay in their prefix whatever is attached to their role: %s on %s %s', async (action, path, expected) => {
    const resource = `${bucket}${path}`;
    const role = roleIdOf(stack, 'Users/victim/Access/Role');
    expect(await isAllowed(stack, role, { action, resource })).toBe(true);
    expect(await isAllowed(stack, role, { action, resource, sessionPolicy: sessionPolicyOf('victim') })).toBe(expected);
  });

  test('have the same rights in a session as by their role', async () => {
    for (const [user, action, path, expected] of [
      ['acme', 's3:PutObject', '/partners/acme/cdr.csv', true],
      ['reader', 's3:PutObject', '/reader/cdr.csv', false],
      ['writer', 's3:PutObject', '/writer/cdr.csv', true],
      ['writer', 's3:GetObject', '/writer/cdr.csv', false],
    ] as const) {
      const request = { action, resource: `${bucket}${path}`, sessionPolicy: sessionPolicyOf(user) };
      expect(await isAllowed(stack, roleIdOf(stack, `Users/${user}/Access/Role`), request)).toBe(expected);
    }
  });

  test('have a session policy that Transfer takes: 2048 characters at most', () => {
    const [, parts] = sessionPolicyOf('longest')['Fn::Join'];
    const longest: Record<string, string> = {
      Ref: 'b'.repeat(63),
      'Fn::GetAtt': `arn:aws-us-gov:kms:ap-southeast-1:111122223333:key/${'k'.repeat(40)}`,
    };
    const text = parts.map((part: string | object) =>
      typeof part === 'string' ? part : longest[Object.keys(part)[0]],
    );
    expect(text.join('').length).toBeLessThanOrEqual(2048);
  });

  test('see their home prefix as /, and sign in with any of their keys', () => {
    const [[, user]] = resourcesOf(stack, 'AWS::Transfer::User');
    expect(user.Properties).toMatchObject({
      UserName: 'acme',
      HomeDirectoryType: 'LOGICAL',
      HomeDirectoryMappings: [{ Entry: '/', Target: { 'Fn::Join': ['', ['/', { Ref: bucketId }, '/partners/acme']] } }],
      SshPublicKeys: [ED25519, expect.stringMatching(/^ssh-rsa /)],
    });
  });

  test('have a home of their own name by default', () => {
    const [, [, user]] = resourcesOf(stack, 'AWS::Transfer::User');
    expect(JSON.stringify(user.Properties.HomeDirectoryMappings)).toContain('/reader');
  });

  test('exist only once their permissions do', () => {
    const [[, user]] = resourcesOf(stack, 'AWS::Transfer::User');
    expect(user.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/AccessPolicy/)]));
  });

  test('only this server may act for them', () => {
    const [[, role]] = resourcesOf(stack, 'AWS::IAM::Role');
    expect(role.Properties.AssumeRolePolicyDocument.Statement[0]).toMatchObject({
      Principal: { Service: 'transfer.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' }, ArnLike: { 'aws:SourceArn': {} } },
    });
  });

  test.each([
    ['acme', 's3:PutObject', '/partners/acme/cdr.csv', true],
    ['acme', 's3:GetObject', '/partners/acme/in/cdr.csv', true],
    ['acme', 's3:DeleteObject', '/partners/acme/cdr.csv', true],
    ['acme', 's3:GetObject', '/partners/acme2/cdr.csv', false],
    ['acme', 's3:GetObject', '/partners/cdr.csv', false],
    ['acme', 's3:GetObject', '/reader/cdr.csv', false],
    ['acme', 's3:DeleteObjectVersion', '/partners/acme/cdr.csv', false],
    ['reader', 's3:GetObject', '/reader/cdr.csv', true],
    ['reader', 's3:PutObject', '/reader/cdr.csv', false],
    ['reader', 's3:DeleteObject', '/reader/cdr.csv', false],
    ['reader', 's3:GetObject', '/writer/cdr.csv', false],
    ['writer', 's3:PutObject', '/writer/cdr.csv', true],
    ['writer', 's3:GetObject', '/writer/cdr.csv', false],
    ['writer', 's3:PutObject', '/reader/cdr.csv', false],
  ])('%s asking for %s on %s: %s', async (user, action, path, expected) => {
    expect(await may(user, action, `${bucket}${path}`)).toBe(expected);
  });

  test.each([
    ['partners/acme/', true],
    ['partners/acme/in/', true],
    ['partners/', false],
    ['', false],
    ['partners/acme2/', false],
    ['reader/', false],
  ])('acme listing %j: %s', async (prefix, expected) => {
    expect(await may('acme', 's3:ListBucket', bucket, { 's3:prefix': prefix })).toBe(expected);
  });

  test('use the key through S3 only, and readers not to encrypt', async () => {
    const viaS3 = { 'kms:ViaService': 's3.eu-south-2.amazonaws.com' };
    expect(await may('acme', 'kms:GenerateDataKey', key, viaS3)).toBe(true);
    expect(await may('acme', 'kms:Decrypt', key, { 'kms:ViaService': 'sqs.eu-south-2.amazonaws.com' })).toBe(false);
    expect(await may('reader', 'kms:Decrypt', key, viaS3)).toBe(true);
    expect(await may('reader', 'kms:GenerateDataKey', key, viaS3)).toBe(false);
  });
});

describe('metrics and alarms', () => {
  test('count from the server and from its log', () => {
    const { stack, storage } = define();
    expect(storage.metricFilesIn()).toMatchObject({
      namespace: 'AWS/Transfer',
      metricName: 'FilesIn',
      statistic: 'Sum',
    });
    expect(storage.metricFilesOut({ statistic: 'avg' })).toMatchObject({
      metricName: 'FilesOut',
      statistic: 'Average',
    });
    const filters = resourcesOf(stack, 'AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties);
    expect(filters.map(({ FilterPattern }) => FilterPattern)).toEqual([
      '{ $.activity-type = "AUTH_FAILURE" }',
      '{ $.activity-type = "ERROR" }',
    ]);
    for (const [index, metric] of [storage.metricAuthenticationFailures(), storage.metricErrors()].entries()) {
      const [{ MetricNamespace, MetricName }] = filters[index].MetricTransformations;
      expect([metric.namespace, metric.metricName]).toEqual([MetricNamespace, MetricName]);
    }
  });

  test('are told with severity and runbook, or not at all', () => {
    const alerts = new RecordedAlerts();
    define({ alerts });
    expect(alerts.alarms).toEqual([
      'AuthenticationFailuresHigh LOW sftp-sign-ins-refused',
      'ErrorsHigh MEDIUM sftp-operations-failing',
    ]);
    templateOf(define().stack).resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });
});

test('passes the three packs', () => {
  expect(nagFindings(everything().stack)).toEqual([]);
});

test('satisfies the schemas of CloudFormation', () => {
  expect(strictFindings(everything().stack)).toEqual([]);
});

test('two copies fit in one stack', () => {
  const stack = newStack();
  for (const id of ['Sftp', 'OtherSftp']) {
    new SftpFileStorage(stack, id).addUser('acme', { publicKeys: [ED25519] });
  }
  const namespaces = resourcesOf(stack, 'AWS::Logs::MetricFilter').map(
    ([, { Properties }]) => Properties.MetricTransformations[0].MetricNamespace,
  );
  expect(new Set(namespaces).size).toBe(2);
});

describe('refuses', () => {
  const endpoint = (allowFrom: string[], zones?: string[]) => {
    const stack = newStack();
    const props: SftpFileStorageProps = { endpoint: SftpEndpoint.elasticIps({ vpc: newVpc(stack, zones), allowFrom }) };
    return () => define(props, stack);
  };

  test.each([
    [[], "'allowFrom' must name at least one network, got none; nobody could connect"],
    [
      ['0.0.0.0/0'],
      "'allowFrom' must name the networks that may connect, got '0.0.0.0/0'; for everybody use SftpEndpoint.awsAddresses",
    ],
    [['203.0.113.7/24'], "'allowFrom' has host bits set; did you mean 203.0.113.0/24, got '203.0.113.7/24'"],
  ])('connections from %j', (allowFrom, message) => {
    expect(endpoint(allowFrom)).toThrow(`[Test/Sftp] ${message}`);
  });

  test('four Elastic IPs, not three', () => {
    const zones = ['eu-south-2a', 'eu-south-2b', 'eu-south-2c'];
    expect(endpoint(['203.0.113.0/24'], zones)).not.toThrow();
    expect(endpoint(['203.0.113.0/24'], [...zones, 'eu-south-2d'])).toThrow(
      "[Test/Sftp] 'subnets' must select 1 to 3 public subnets, one Elastic IP in each, got 4",
    );
  });

  test('to forget versions at once', () => {
    expect(() => define({ versionRetention: Duration.days(0) })).toThrow(
      "[Test/Sftp] 'versionRetention' must be at least 1 day, got 0",
    );
    expect(() => define({ versionRetention: Duration.days(1) })).not.toThrow();
  });

  const name =
    'the name of a user must be 3 to 100 letters, digits or _@.- known at synth, beginning with a letter, a digit or _, got';

  test.each(['ab', 'a'.repeat(101), '-abc', '.abc', '@abc', 'a b c', 'añb'])('the user name %s', (userName) => {
    expect(() => define().storage.addUser(userName, { publicKeys: [ED25519] })).toThrow(
      `[Test/Sftp] ${name} '${userName}'`,
    );
  });

  test('a user name unknown at synth', () => {
    const { stack, storage } = define();
    const userName = new CfnParameter(stack, 'Name').valueAsString;
    expect(() => storage.addUser(userName, { publicKeys: [ED25519] })).toThrow(`[Test/Sftp] ${name} a token`);
  });

  test('a user twice', () => {
    const { storage } = define();
    storage.addUser('acme', { publicKeys: [ED25519] });
    expect(() => storage.addUser('acme', { publicKeys: [ED25519] })).toThrow(
      "[Test/Sftp] the user 'acme' exists already; give both keys to one user",
    );
  });

  test.each(['/acme', 'acme/', 'a//b', '../acme', 'a/./b', '*', 'a?', '$' + '{aws:username}', '', 'a'.repeat(301)])(
    'the home %j',
    (homePrefix) => {
      expect(() => define().storage.addUser('acme', { publicKeys: [ED25519], homePrefix })).toThrow(
        `[Test/Sftp] 'homePrefix' of 'acme' must be a path inside the bucket such as partners/acme, of at most 300 letters, digits and _@.=- without a slash at either end, got '${homePrefix}'`,
      );
    },
  );

  test.each([0, 11])('%d keys', (count) => {
    expect(() => define().storage.addUser('acme', { publicKeys: Array(count).fill(ED25519) })).toThrow(
      `[Test/Sftp] 'publicKeys' of 'acme' must hold 1 to 10 keys, got ${count}`,
    );
  });

  test('a pasted private key, and says which', () => {
    const pasted = '-----BEGIN RSA PRIVATE KEY-----';
    expect(() => define().storage.addUser('acme', { publicKeys: [ED25519, pasted] })).toThrow(
      "[Test/Sftp] 'publicKeys' of 'acme': key 2 is a private key; it must never leave its owner, so make a new pair and give the public half",
    );
  });
});

test.each(['abc', 'a'.repeat(100), '_abc', 'a.b@c-d'])('takes the user name %s', (userName) => {
  expect(() => define().storage.addUser(userName, { publicKeys: [ED25519] })).not.toThrow();
});

test.each(['a', 'partners/acme', 'a.b/c=d', 'a'.repeat(300)])('takes the home %s', (homePrefix) => {
  expect(() => define().storage.addUser('acme', { publicKeys: [ED25519], homePrefix })).not.toThrow();
});

test('takes ten keys, and keys unknown at synth', () => {
  const { stack, storage } = define();
  storage.addUser('acme', { publicKeys: Array(10).fill(ED25519) });
  const key = new CfnParameter(stack, 'PublicKey').valueAsString;
  expect(() => storage.addUser('other', { publicKeys: [key] })).not.toThrow();
});

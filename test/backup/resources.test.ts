import { Aws, Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as sns from 'aws-cdk-lib/aws-sns';
import { splitResources } from '../../src/backup/resources';

const arn = (text: string) => backup.BackupResource.fromArn(text);
const database = arn('arn:aws:rds:eu-south-2:111122223333:db:a');
const tag = backup.BackupResource.fromTag('backup', 'spanish');

test('keeps ARNs and tags apart', () => {
  const construct = backup.BackupResource.fromConstruct(new Stack());
  expect(splitResources(new Stack(), [tag, database, construct])).toMatchObject({
    byArn: [database, construct],
    byTag: [tag],
  });
});

describe('what the role must reach', () => {
  const reachOf = (stack: Stack, ...resources: backup.BackupResource[]) =>
    Object.fromEntries(
      [...splitResources(stack, resources).reach].map(([service, arns]) => [
        service,
        arns ? stack.resolve(arns) : 'ANY',
      ]),
    );

  test('is the ARN, as text', () => {
    expect(reachOf(new Stack(), database)).toEqual({ rds: ['arn:aws:rds:eu-south-2:111122223333:db:a'] });
  });

  test('is the ARN of a resource of the app, whose type tells the service', () => {
    const stack = new Stack();
    const table = new dynamodb.CfnGlobalTable(stack, 'Table', {
      attributeDefinitions: [],
      keySchema: [],
      replicas: [],
    });
    expect(reachOf(stack, arn(table.attrArn))).toEqual({ dynamodb: [{ 'Fn::GetAtt': ['Table', 'Arn'] }] });
  });

  test('is any machine, volume and database where a tag selects, though an ARN is known too', () => {
    expect(reachOf(new Stack(), tag, database)).toEqual({ ec2: 'ANY', rds: 'ANY' });
    expect(reachOf(new Stack(), database, tag)).toEqual({ ec2: 'ANY', rds: 'ANY' });
  });

  test('is any of four services below a construct', () => {
    const construct = backup.BackupResource.fromConstruct(new Stack());
    expect(reachOf(new Stack(), construct)).toEqual({
      dynamodb: 'ANY',
      ec2: 'ANY',
      elasticfilesystem: 'ANY',
      rds: 'ANY',
    });
  });

  test('is the ARN for every service where it hides its own', () => {
    const hidden = Lazy.string({ produce: () => 'arn:aws:s3:::files' });
    const reach = reachOf(new Stack(), arn(hidden));
    expect(Object.keys(reach)).toEqual(['dynamodb', 'ec2', 'elasticfilesystem', 'rds', 's3']);
    expect(reach.s3).toEqual(['arn:aws:s3:::files']);
  });
});

test.each([
  'arn:aws:ec2:eu-south-2:111122223333:instance/i-1',
  'arn:aws:ec2:eu-south-2:111122223333:volume/vol-1',
  'arn:aws:elasticfilesystem:eu-south-2:111122223333:file-system/fs-1',
  'arn:aws:s3:::files',
  'arn:aws:dynamodb:eu-south-2:111122223333:table/a',
  `arn:${Aws.PARTITION}:rds:eu-south-2:111122223333:db:a`,
  Lazy.string({ produce: () => 'arn:aws:dynamodb:eu-south-2:111122223333:table/a' }),
])('accepts %s', (text) => {
  expect(splitResources(new Stack(), [arn(text)]).byArn).toHaveLength(1);
});

test.each([
  'arn:aws:redshift:eu-south-2:111122223333:cluster:a',
  `arn:${Aws.PARTITION}:redshift:eu-south-2:1:cluster:a`,
])('rejects %s, which the role could not copy', (text) => {
  expect(() => splitResources(new Stack(), [database, arn(text)])).toThrow(
    "[Default] 'resources' must be of RDS, EC2, EBS, EFS, S3 or DynamoDB, got one of 'redshift'; give other services a backup plan of their own",
  );
});

test('rejects the attribute of a resource that the role could not copy', () => {
  const stack = new Stack();
  const topic = new sns.CfnTopic(stack, 'Topic');
  expect(() => splitResources(stack, [arn(topic.attrTopicArn)])).toThrow(
    "[Default] 'resources' must be of RDS, EC2, EBS, EFS, S3 or DynamoDB, got one of 'SNS'; give other services a backup plan of their own",
  );
});

test('rejects a policy of nothing', () => {
  expect(() => splitResources(new Stack(), [])).toThrow(
    "[Default] 'resources' must name at least one resource, got none; a policy without resources keeps nothing",
  );
});

test.each([
  new backup.BackupResource(database.resource, tag.tagCondition),
  new backup.BackupResource(undefined, tag.tagCondition, new Stack()),
])('rejects a tag and an ARN in one', (both) => {
  expect(() => splitResources(new Stack(), [both])).toThrow(
    "[Default] 'resources' must each be a tag or an ARN, got the tag 'backup' with an ARN; AWS does not say how they combine, name them apart",
  );
});

test('warns of a tag, which copies machines too, and of nothing else', () => {
  const stack = new Stack();
  splitResources(stack, [database]);
  Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  splitResources(stack, [database, tag, backup.BackupResource.fromTag('stage', 'live')]);
  Annotations.fromStack(stack).hasWarning(
    '*',
    "every night each machine, volume and database with the tag 'backup=spanish', 'stage=live' is copied, also machines that live for hours; name resources by ARN, or acknowledge this [ack: cdk-charging-platform:backupByTag]",
  );
});

const CLUSTERS =
  'clusters, such as those of DatabaseStandby.readable(), are copied, but neither the monthly test nor the restore runbook restores them: the test fails each month, unless there is only RestoreTest.none(); restore one by hand as a second ResilientMysql, and acknowledge this [ack: cdk-charging-platform:backupOfCluster]';

test.each([
  ['as text', () => 'arn:aws:rds:eu-south-2:111122223333:cluster:a'],
  ['as text around tokens', (stack: Stack) => `arn:${Aws.PARTITION}:rds:${stack.region}:1:cluster:a`],
  ['as an attribute', (stack: Stack) => new rds.CfnDBCluster(stack, 'Cluster').attrDbClusterArn],
])('warns of a cluster %s, which nothing here restores', (_name, arnOf) => {
  const stack = new Stack();
  splitResources(stack, [database, arn(arnOf(stack))]);
  Annotations.fromStack(stack).hasWarning('*', CLUSTERS);
});

test.each(['*', 'charging', 'arn:aws:rds:eu-south-2:111122223333:db:*', 'arn:aws:s3:::files-*'])(
  "rejects '%s', which is no name of one resource",
  (text) => {
    expect(() => splitResources(new Stack(), [arn(text)])).toThrow(
      `[Default] 'resources' must be exact ARNs, got '${text}'; select what has no name yet by tag (BackupResource.fromTag)`,
    );
  },
);

test('rejects a pattern around tokens too', () => {
  const stack = new Stack();
  expect(() => splitResources(stack, [arn(`arn:${Aws.PARTITION}:s3:::*`)])).toThrow("'resources' must be exact ARNs");
});

test('accepts 500 ARNs and rejects 501', () => {
  const some = (count: number) => [tag, ...Array.from({ length: count }, () => database)];
  expect(splitResources(new Stack(), some(500)).byArn).toHaveLength(500);
  expect(() => splitResources(new Stack(), some(501))).toThrow(
    "[Default] 'resources' must be at most 500 by ARN, got 501; select by tag instead",
  );
});

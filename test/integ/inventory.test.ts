import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { Inventory } from './inventory';

const SPAIN = 'eu-south-2';
const cloudFormation = mockClient(CloudFormationClient);
const s3 = mockClient(S3Client);
const ec2 = mockClient(EC2Client);

beforeEach(() => {
  for (const mock of [cloudFormation, s3, ec2]) {
    mock.reset();
  }
  ec2.on(DescribeImagesCommand).resolves({});
});

async function inventoryOf(resources: [type: string, id: string, status: string][]): Promise<Inventory> {
  cloudFormation
    .on(DescribeStacksCommand, { StackName: 'i1-Edge' })
    .resolves({ Stacks: [{ StackId: 'arn:edge' } as never] });
  cloudFormation
    .on(DescribeStacksCommand, { StackName: 'i1-Mail' })
    .rejects(new Error('Stack with id i1-Mail does not exist'));
  cloudFormation.on(ListStackResourcesCommand, { StackName: 'arn:edge' }).resolves({
    StackResourceSummaries: resources.map(
      ([ResourceType, PhysicalResourceId, ResourceStatus]) =>
        ({ ResourceType, PhysicalResourceId, ResourceStatus }) as never,
    ),
  });
  const stacks = ['i1-Edge', 'i1-Mail'].map((stackName) => ({ stackName, region: SPAIN }));
  const inventory = new Inventory(stacks, (region) => ({ region }));
  await inventory.remember();
  return inventory;
}

test('a bucket is emptied, every page and every version of it; one that is gone is not asked for', async () => {
  s3.on(ListObjectVersionsCommand)
    .resolvesOnce({ Versions: [{ Key: 'a', VersionId: '1' }], IsTruncated: true, NextKeyMarker: 'a' })
    .resolves({ DeleteMarkers: [{ Key: 'b', VersionId: '2' }] });
  const inventory = await inventoryOf([
    ['AWS::S3::Bucket', 'logs', 'CREATE_COMPLETE'],
    ['AWS::S3::Bucket', 'gone', 'DELETE_COMPLETE'],
    ['AWS::SNS::Topic', 'topic', 'CREATE_COMPLETE'],
  ]);
  await inventory.emptyBuckets();
  expect(
    s3.commandCalls(DeleteObjectsCommand).map(({ args: [{ input }] }) => [input.Bucket, input.Delete?.Objects]),
  ).toEqual([
    ['logs', [{ Key: 'a', VersionId: '1' }]],
    ['logs', [{ Key: 'b', VersionId: '2' }]],
  ]);
  expect(s3.commandCalls(ListObjectVersionsCommand)[1].args[0].input.KeyMarker).toBe('a');
});

test('what its stack did not take along is named, and so is a machine image', async () => {
  ec2.on(DescribeImagesCommand).resolves({ Images: [{ ImageId: 'ami-1', Name: 'golden' }] });
  const inventory = await inventoryOf([
    ['AWS::SNS::Topic', 'topic', 'DELETE_COMPLETE'],
    ['AWS::KMS::Key', 'key', 'DELETE_SKIPPED'],
  ]);
  expect(await inventory.leftovers()).toEqual([
    'i1-Edge AWS::KMS::Key key DELETE_SKIPPED',
    'eu-south-2 machine image ami-1 golden',
  ]);
});

test('another trouble than a missing stack is told', async () => {
  cloudFormation.on(DescribeStacksCommand).rejects(new Error('not authorised'));
  await expect(new Inventory([{ stackName: 'X', region: SPAIN }], (region) => ({ region })).remember()).rejects.toThrow(
    'not authorised',
  );
});

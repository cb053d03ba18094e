import { Aws, Lazy, Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import { splitResources } from '../../src/backup/resources';

const arn = (text: string) => backup.BackupResource.fromArn(text);
const database = arn('arn:aws:rds:eu-south-2:111122223333:db:a');
const tag = backup.BackupResource.fromTag('backup', 'spanish');

test('keeps ARNs and tags apart', () => {
  const construct = backup.BackupResource.fromConstruct(new Stack());
  expect(splitResources(new Stack(), [tag, database, construct])).toEqual({
    byArn: [database, construct],
    byTag: [tag],
  });
});

test.each([
  'arn:aws:ec2:eu-south-2:111122223333:instance/i-1',
  'arn:aws:ec2:eu-south-2:111122223333:volume/vol-1',
  `arn:${Aws.PARTITION}:rds:eu-south-2:111122223333:db:a`,
  Lazy.string({ produce: () => 'arn:aws:dynamodb:eu-south-2:111122223333:table/a' }),
])('accepts %s', (text) => {
  expect(splitResources(new Stack(), [arn(text)]).byArn).toHaveLength(1);
});

test.each(['arn:aws:dynamodb:eu-south-2:111122223333:table/a', `arn:${Aws.PARTITION}:dynamodb:eu-south-2:1:table/a`])(
  'rejects %s, which the role could not copy',
  (text) => {
    expect(() => splitResources(new Stack(), [database, arn(text)])).toThrow(
      "[Default] 'resources' must be of RDS, EC2 or EBS, got one of 'dynamodb'; give other services a backup plan of their own",
    );
  },
);

test('rejects a policy of nothing', () => {
  expect(() => splitResources(new Stack(), [])).toThrow(
    "[Default] 'resources' must name at least one resource, got none; a policy without resources keeps nothing",
  );
});

test('accepts 500 ARNs and rejects 501', () => {
  const some = (count: number) => [tag, ...Array.from({ length: count }, () => database)];
  expect(splitResources(new Stack(), some(500)).byArn).toHaveLength(500);
  expect(() => splitResources(new Stack(), some(501))).toThrow(
    "[Default] 'resources' must be at most 500 by ARN, got 501; select by tag instead",
  );
});

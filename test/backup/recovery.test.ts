import { resourcesOf, templateOf } from '../support/stacks';
import { define } from './fixture';

const { stack } = define();

test('who asked for what stays for ten years, and when the stack goes', () => {
  templateOf(stack).hasResource('AWS::Logs::LogGroup', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: { RetentionInDays: 3653 },
  });
});

test('only Systems Manager of this account takes the role of the runbooks', () => {
  const [, { Properties }] = resourcesOf(stack, 'AWS::IAM::Role').find(([id]) => id.includes('RecoveryAutomation')) as [
    string,
    { Properties: { AssumeRolePolicyDocument: { Statement: unknown[] } } },
  ];
  expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'ssm.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    },
  ]);
});

test('the runbooks are new versions of themselves, never replaced', () => {
  const documents = resourcesOf(stack, 'AWS::SSM::Document');
  expect(documents).toHaveLength(2);
  for (const [, { Properties }] of documents) {
    expect(Properties).toMatchObject({ DocumentType: 'Automation', UpdateMethod: 'NewVersion' });
  }
});

test('the function hands the restoring role to AWS Backup only', () => {
  const passed = resourcesOf(stack, 'AWS::IAM::ManagedPolicy').flatMap(([, { Properties }]) =>
    Properties.PolicyDocument.Statement.filter(({ Action }: { Action: unknown }) => Action === 'iam:PassRole'),
  );
  expect(passed).toEqual([
    {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: { 'Fn::GetAtt': [expect.stringContaining('RecoveryRestoreRole'), 'Arn'] },
      Condition: { StringEquals: { 'iam:PassedToService': 'backup.amazonaws.com' } },
    },
  ]);
});

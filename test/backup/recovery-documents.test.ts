import { deleteOrKeepDocument, restoreDocument } from '../../src/backup/recovery-documents';

// biome-ignore lint/suspicious/noExplicitAny: a document is free JSON
type Document = any;

const restore: Document = restoreDocument('function', 'role');
const deleteOrKeep: Document = deleteOrKeepDocument('function', 'role');

test('the restore runbook starts, waits for every end there is, and reports', () => {
  expect(restore.mainSteps.map(({ name, action }: Document) => `${name} ${action}`)).toEqual([
    'Restore aws:invokeLambdaFunction',
    'WaitForRestore aws:waitForAwsResourceProperty',
    'Report aws:invokeLambdaFunction',
  ]);
  // The only output of such a step that AWS documents.
  expect(restore.mainSteps[1].inputs.RestoreJobId).toBe('{{ Restore.Payload }}');
  expect(restore.mainSteps[2].inputs.InputPayload.jobId).toBe('{{ Restore.Payload }}');
  expect([restore.outputs, deleteOrKeep.outputs]).toEqual([['Report.Payload'], ['Act.Payload']]);
  expect(restore.mainSteps[1].inputs.DesiredValues).toEqual(['COMPLETED', 'FAILED', 'ABORTED']);
});

test.each([
  ['restore', restore],
  ['delete or keep', deleteOrKeep],
])('the %s runbook uses only parameters that it has, and each of them', (_name, document) => {
  const used = [...JSON.stringify(document.mainSteps).matchAll(/\{\{ ([A-Z]\w+) \}\}/g)].map(([, name]) => name);
  expect([...new Set(used)].sort()).toEqual(Object.keys(document.parameters).sort());
  expect(document).toMatchObject({ schemaVersion: '0.3', assumeRole: 'role' });
});

test.each([
  ['Resource', 'arn:aws:rds:eu-south-2:111122223333:db:charging', true],
  ['Resource', 'arn:aws:rds:eu-south-2:111122223333:db:charging"}', false],
  ['Reason', 'asked for by the owner', true],
  ['Reason', 'no', false],
  ['Reason', 'two\nlines', false],
  ['Moment', '', true],
  ['Moment', '2026-11-25T03:00:00Z', true],
  ['Moment', '25.11.2026', false],
  ['Subnet', '', true],
  ['Subnet', 'subnet-0a1b', true],
  ['Subnet', 'a"b', false],
  ['SecurityGroups', '', true],
  ['SecurityGroups', 'sg-0a,sg-1b', true],
  ['SecurityGroups', 'sg-0a, sg-1b', false],
  ['SecurityGroups', 'default', false],
  ['InstanceType', '', true],
  ['InstanceType', 'db.m7g.large', true],
  ['InstanceType', 'db.m7g.large"', false],
])('the restore runbook takes %s %j: %s', (parameter, value, expected) => {
  expect(new RegExp(restore.parameters[parameter].allowedPattern).test(value)).toBe(expected);
});

test.each([
  ['Date', '2026-11-25', true],
  ['Date', '2026-11-25 ', false],
  ['Date', '2026-11-25T03:00:00Z', true],
  ['Date', '2026-11-25T03:00:00', false],
  ['Until', '', true],
  ['Until', '2031-12-31', true],
  ['Until', 'tomorrow', false],
])('the other takes %s %j: %s', (parameter, value, expected) => {
  expect(new RegExp(deleteOrKeep.parameters[parameter].allowedPattern).test(value)).toBe(expected);
});

test.each([
  ['Restore', restore.mainSteps[0]],
  ['Report', restore.mainSteps[2]],
  ['Act', deleteOrKeep.mainSteps[0]],
])('the step %s says of which resource and execution it is, so that the audit knows who asked', (name, step) => {
  expect(step).toMatchObject({
    name,
    onFailure: 'Abort',
    inputs: {
      FunctionName: 'function',
      InputPayload: { resource: '{{ Resource }}', executionId: '{{ automation:EXECUTION_ID }}' },
    },
  });
});

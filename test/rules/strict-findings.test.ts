import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { strictFindings } from '../support/findings';

/** All rooms trust an empty list: the shared validator must still see, and not remember the template before. */
it.each(['first', 'second'])('a property that CloudFormation does not know is found in the %s app of a worker', () => {
  const stack = new Stack(new App(), 'Stack');
  new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queue', properties: { Wrong: 1, DelaySeconds: 901 } });

  expect(strictFindings(stack)).toEqual([
    "F3002 | Wrong: Additional properties are not allowed ('Wrong' was unexpected) | Stack/Queue",
    'F3034 | DelaySeconds: 901 is greater than the maximum of 900 | Stack/Queue',
  ]);
});

it('a template without fault has no finding, also after one with faults', () => {
  const stack = new Stack(new App(), 'Stack');
  new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queue', properties: { DelaySeconds: 900 } });

  expect(strictFindings(stack)).toEqual([]);
});

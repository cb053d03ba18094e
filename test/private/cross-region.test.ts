import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { acrossRegions } from '../../src/private/cross-region';
import { EDGE, SPAIN, templateOf } from '../support/stacks';

function outputOf(producerEnv: typeof SPAIN, value?: string) {
  const app = new App();
  const producer = new Stack(app, 'Producer', { env: producerEnv });
  const consumer = new Stack(app, 'Consumer', { env: SPAIN });
  const bucket = new s3.CfnBucket(producer, 'Bucket');
  new CfnOutput(consumer, 'Out', { value: acrossRegions(consumer, producer, value ?? bucket.attrArn) });
  return { out: templateOf(consumer).toJSON().Outputs.Out.Value, producer: templateOf(producer).toJSON().Resources };
}

test('reads from another region by a native reference, without a custom resource', () => {
  const { out, producer } = outputOf(EDGE);
  expect(out).toEqual({
    'Fn::GetStackOutput': {
      StackName: 'Producer',
      Region: 'us-east-1',
      OutputName: 'PublishOutputFnGetAttBucketArnBE59F5E7',
    },
  });
  expect(Object.keys(producer)).toEqual(['Bucket']);
});

test('leaves references within a region to the app', () => {
  expect(outputOf(SPAIN).out).toEqual({ 'Fn::ImportValue': 'Producer:ExportsOutputFnGetAttBucketArn436138FE' });
});

test('leaves plain text alone', () => {
  expect(outputOf(EDGE, 'arn:aws:s3:::bucket').out).toBe('arn:aws:s3:::bucket');
});

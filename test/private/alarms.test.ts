import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { AlertSeverity, type IOperatorAlerts } from '../../src/monitoring/api';
import { Alarms } from '../../src/private/alarms';
import { newStack } from '../support/stacks';

const told: string[] = [];

function alertsOf(region: string): IOperatorAlerts {
  return {
    region,
    runbookUrl: (runbook) => `https://runbook.example.com/#${runbook}`,
    addAlarm: (alarm, { severity, runbook }) => told.push(`${alarm.node.id} ${severity} ${runbook}`),
    addEvent: () => {},
  };
}

const alarm = {
  metric: new cloudwatch.Metric({ namespace: 'N', metricName: 'M' }),
  threshold: 1,
  evaluationPeriods: 2,
  description: 'The thing fails',
  severity: AlertSeverity.HIGH,
  runbook: 'thing-fails',
};

test('without alerts there are no alarms and no empty node', () => {
  const scope = new Construct(newStack(), 'Thing');
  expect(Alarms.of(scope, undefined)).toBeUndefined();
  expect(scope.node.children).toEqual([]);
});

test('an alarm says what it means, ends with its runbook heading and is handed to the alerts', () => {
  const stack = newStack();
  Alarms.of(new Construct(stack, 'Thing'), alertsOf('eu-south-2'))?.add('Failing', alarm);
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: 'The thing fails. https://runbook.example.com/#thing-fails',
    TreatMissingData: 'notBreaching',
    EvaluationPeriods: 2,
    Threshold: 1,
  });
  expect(told).toEqual(['Failing HIGH thing-fails']);
});

test('alerts of another region are refused', () => {
  const scope = new Construct(newStack(), 'Thing');
  expect(() => Alarms.of(scope, alertsOf('us-east-1'))).toThrow(
    new Error(
      "[Test/Thing] 'alerts' must be of the construct's own region 'eu-south-2', got alerts of 'us-east-1'; define OperatorAlerts in a stack of 'eu-south-2'",
    ),
  );
});

test('a stack without a region takes any alerts', () => {
  const scope = new Construct(new Stack(), 'Thing');
  expect(Alarms.of(scope, alertsOf('us-east-1'))).toBeDefined();
});

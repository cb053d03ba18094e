import { DELETE, FIND, KEEP, REPORT, RESTORE } from './constants';

type Step = Record<string, unknown>;

const RESOURCE = {
  type: 'String',
  description: 'ARN of the database or machine, as it stands in the recovery point',
  allowedPattern: '^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:[A-Za-z0-9:/_.-]+$',
};
/** What stands in the audit log for ever: one line of words. */
const REASON = { type: 'String', description: 'Why, for the audit log', allowedPattern: '^[^\\n\\r]{3,200}$' };
const DATE = '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';
const MOMENT = '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$';

/** Restores what a resource was like at a moment, beside the resource, and reports where it is and how long it took. */
export function restoreDocument(functionArn: string, roleArn: string): object {
  return {
    schemaVersion: '0.3',
    description:
      'Restores the newest recovery point before a moment beside the original, under a new name. Nothing that lives is changed.',
    assumeRole: roleArn,
    parameters: {
      Resource: RESOURCE,
      Moment: {
        type: 'String',
        description: 'Moment in UTC, as 2026-11-25T03:00:00Z; empty for now',
        default: '',
        allowedPattern: `^$|${MOMENT}`,
      },
      Subnet: {
        type: 'String',
        description: 'Subnet group of the database, or subnet of the machine; empty for that of the recovery point',
        default: '',
        allowedPattern: '^[A-Za-z0-9._-]*$',
      },
      SecurityGroups: {
        type: 'String',
        description: 'Ids of security groups, joined by commas; empty for those of the recovery point',
        default: '',
        allowedPattern: '^$|^sg-[a-z0-9]+(,sg-[a-z0-9]+)*$',
      },
      InstanceType: {
        type: 'String',
        description: 'As db.m7g.large of a database or m7g.large of a machine; empty for that of the recovery point',
        default: '',
        allowedPattern: '^[a-z0-9.-]*$',
      },
      Reason: REASON,
    },
    mainSteps: [
      call(functionArn, 'Restore', {
        operation: RESTORE,
        moment: '{{ Moment }}',
        subnet: '{{ Subnet }}',
        securityGroups: '{{ SecurityGroups }}',
        instanceType: '{{ InstanceType }}',
        reason: '{{ Reason }}',
      }),
      {
        name: 'WaitForRestore',
        action: 'aws:waitForAwsResourceProperty',
        timeoutSeconds: 43_200,
        inputs: {
          Service: 'backup',
          Api: 'DescribeRestoreJob',
          RestoreJobId: '{{ Restore.Payload }}',
          PropertySelector: '$.Status',
          DesiredValues: ['COMPLETED', 'FAILED', 'ABORTED'],
        },
      },
      call(functionArn, 'Report', { operation: REPORT, jobId: '{{ Restore.Payload }}' }),
    ],
    outputs: ['Report.Payload'],
  };
}

/** Shows the recovery point of a date, and deletes it or gives it a longer life. */
export function deleteOrKeepDocument(functionArn: string, roleArn: string): object {
  return {
    schemaVersion: '0.3',
    description:
      'Shows the recovery point of a resource and date, deletes it before its time, or keeps it longer. Refuses what the vault lock, a longer life asked for before, or the last way back forbids.',
    assumeRole: roleArn,
    parameters: {
      Resource: RESOURCE,
      Date: {
        type: 'String',
        description:
          'Local date of the recovery point, as 2026-11-25; where a date has several, the moment of one in UTC, as 2026-11-25T03:00:00Z',
        allowedPattern: `${DATE}|${MOMENT}`,
      },
      Action: {
        type: 'String',
        description: 'What is done with it',
        allowedValues: [FIND, DELETE, KEEP],
        default: FIND,
      },
      Until: {
        type: 'String',
        description: 'With KEEP: date until which it is kept',
        default: '',
        allowedPattern: `^$|${DATE}`,
      },
      Reason: REASON,
    },
    mainSteps: [
      call(functionArn, 'Act', {
        operation: '{{ Action }}',
        date: '{{ Date }}',
        until: '{{ Until }}',
        reason: '{{ Reason }}',
      }),
    ],
    outputs: ['Act.Payload'],
  };
}

/**
 * A step that calls the function. Its only output is `Payload`: what the function returned as JSON text, or as it is where that is
 * one string. AWS says nothing of its members, so what a later step needs is returned as one string.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-lamb.html
 */
function call(functionArn: string, name: string, payload: Record<string, string>): Step {
  return {
    name,
    action: 'aws:invokeLambdaFunction',
    onFailure: 'Abort',
    inputs: {
      FunctionName: functionArn,
      InputPayload: { ...payload, resource: '{{ Resource }}', executionId: '{{ automation:EXECUTION_ID }}' },
    },
  };
}

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
        allowedPattern: '^$|^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$',
      },
      Reason: REASON,
    },
    mainSteps: [
      call(functionArn, 'Restore', { operation: RESTORE, moment: '{{ Moment }}', reason: '{{ Reason }}' }, [
        output('jobId'),
        output('recoveryPoint'),
        output('createdAt'),
      ]),
      {
        name: 'WaitForRestore',
        action: 'aws:waitForAwsResourceProperty',
        timeoutSeconds: 43_200,
        inputs: {
          Service: 'backup',
          Api: 'DescribeRestoreJob',
          RestoreJobId: '{{ Restore.jobId }}',
          PropertySelector: '$.Status',
          DesiredValues: ['COMPLETED', 'FAILED', 'ABORTED'],
        },
      },
      call(functionArn, 'Report', { operation: REPORT, jobId: '{{ Restore.jobId }}' }, [
        output('status'),
        output('message'),
        output('resource'),
        { ...output('minutes'), Type: 'Integer' },
      ]),
    ],
    outputs: [
      'Restore.recoveryPoint',
      'Restore.createdAt',
      'Report.status',
      'Report.message',
      'Report.resource',
      'Report.minutes',
    ],
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
      Date: { type: 'String', description: 'Local date of the recovery point, as 2026-11-25', allowedPattern: DATE },
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
      call(
        functionArn,
        'Act',
        { operation: '{{ Action }}', date: '{{ Date }}', until: '{{ Until }}', reason: '{{ Reason }}' },
        [output('recoveryPoint'), output('createdAt')],
      ),
    ],
    outputs: ['Act.recoveryPoint', 'Act.createdAt'],
  };
}

/** A step that calls the function; AWS hands the payload over as JSON text. */
function call(functionArn: string, name: string, payload: Record<string, string>, outputs: object[]): Step {
  return {
    name,
    action: 'aws:invokeLambdaFunction',
    onFailure: 'Abort',
    inputs: {
      FunctionName: functionArn,
      InputPayload: { ...payload, resource: '{{ Resource }}', executionId: '{{ automation:EXECUTION_ID }}' },
    },
    outputs,
  };
}

/** A member of what the function returned. */
function output(name: string): object {
  return { Name: name, Selector: `$.Payload.${name}`, Type: 'String' };
}

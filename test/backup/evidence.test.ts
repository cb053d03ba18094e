import { Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { BackupTime, type SpanishBackupPolicyProps, SpanishTimeZone } from '../../src/backup';
import { resourcesOf, templateOf } from '../support/stacks';
import { define } from './fixture';
import { PRESET_POLICY } from './preset-policy';

function promiseOf(props: Partial<SpanishBackupPolicyProps>, id: string) {
  const [, { Properties }] = resourcesOf(define(props).stack, 'AWS::Lambda::Function').find(([name]) =>
    name.includes(id),
  ) as [string, { Properties: { Environment: { Variables: { POLICY: string } } } }];
  return JSON.parse(Properties.Environment.Variables.POLICY);
}

// The evidence and the runbooks hold what exists against the same promise.
test.each(['EvidenceWriter', 'RecoverySteps'])('%s knows what the plan promises', (id) => {
  expect(promiseOf({}, id)).toEqual(PRESET_POLICY);
});

test('a promise has its own retentions, zone, time of day and window', () => {
  const promise = promiseOf(
    {
      dailyRetention: Duration.days(7),
      monthlyRetention: Duration.days(400),
      halfYearlyRetention: Duration.days(2000),
      timeZone: SpanishTimeZone.CANARY_ISLANDS,
      at: BackupTime.of(4, 45),
      completionWindow: Duration.minutes(90),
    },
    'EvidenceWriter',
  );
  expect(promise.rules.map(({ keepDays }: { keepDays: number }) => keepDays)).toEqual([7, 400, 2000]);
  expect(promise).toMatchObject({ timeZone: 'Atlantic/Canary', dueAfterHours: 6.25 });
});

test('evidence is written every Monday at 09:00 of the zone', () => {
  templateOf(define({ timeZone: SpanishTimeZone.CANARY_ISLANDS }).stack).hasResourceProperties(
    'AWS::Scheduler::Schedule',
    { ScheduleExpression: 'cron(0 9 ? * MON *)', ScheduleExpressionTimezone: 'Atlantic/Canary' },
  );
});

test('a report lives as long as the oldest point that it tells of', () => {
  templateOf(define({ halfYearlyRetention: Duration.days(2000) }).stack).hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: {
      Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 2000, Status: 'Enabled' })]),
    },
  });
});

import type { Size } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { PlatformFunction } from '../private/functions';
import { SOURCE_PREFIX } from './log-constants';
import type { Offence } from './offence';
import type { OffenderQuery } from './offender-query';
import type { OffenderQueryGuards } from './offender-query-constants';
import { ScheduledOffenders } from './scheduled-offenders';
import type { WafIpAccess } from './waf-ip-access';
import { WafLogParser } from './waf-log-parser';
import type { WafLogTable } from './waf-log-table';
import { WafLogWorkgroup } from './waf-log-workgroup';

export interface LogReadersProps {
  readonly offences: readonly Offence[];
  readonly offenderQueries: readonly OffenderQuery[];
  readonly guards: OffenderQueryGuards;
  readonly ipAccess: WafIpAccess | undefined;
  readonly accessLogs: s3.IBucket | undefined;
  readonly bucket: s3.IBucket;
  readonly table: WafLogTable;
  readonly scanLimit: Size;
  readonly encryptionKey: kms.IKey;
  readonly name: string;
}

/** The functions that seek offenders, as far as they are asked for, each with leave to make entries. */
export function defineLogReaders(scope: Construct, props: LogReadersProps): PlatformFunction[] {
  const readers = [...parserOf(scope, props), ...scheduledOf(scope, props)];
  for (const reader of readers) {
    for (const [name, value] of Object.entries(props.ipAccess?._allowEntryWrites(reader) ?? {})) {
      reader.function.addEnvironment(name, value);
    }
  }
  return readers;
}

function parserOf(scope: Construct, props: LogReadersProps): PlatformFunction[] {
  if (props.offences.length === 0) {
    return [];
  }
  const { offences, guards, accessLogs, bucket, encryptionKey, name } = props;
  const parser = new WafLogParser(scope, 'Parser', {
    ...guards,
    bucket,
    prefix: SOURCE_PREFIX,
    accessLogs,
    offences,
    encryptionKey,
    name,
  });
  return [parser.function];
}

function scheduledOf(scope: Construct, props: LogReadersProps): PlatformFunction[] {
  if (props.offenderQueries.length === 0) {
    return [];
  }
  const { offenderQueries: queries, guards, table, bucket, encryptionKey, scanLimit, name } = props;
  const workgroup = new WafLogWorkgroup(scope, 'OffenderQueries', {
    description: 'Scheduled questions who offended',
    bucket,
    encryptionKey,
    scanLimit,
  });
  const scheduled = new ScheduledOffenders(scope, 'Offenders', {
    queries,
    guards,
    table,
    workgroup,
    bucket,
    encryptionKey,
    name,
  });
  return [scheduled.function];
}

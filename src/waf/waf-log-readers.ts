import type { Size } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { PlatformFunction } from '../private/functions';
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
  /** Below it lie the records as WAF wrote them. */
  readonly sourcePrefix: string;
  readonly table: WafLogTable;
  readonly scanLimit: Size;
  readonly encryptionKey: kms.IKey;
  readonly name: string;
}

/** What seeks offenders, as far as it is asked for. */
export interface LogReaders {
  readonly parser?: WafLogParser;
  readonly functions: PlatformFunction[];
}

/** Defines them, each with leave to make entries. */
export function defineLogReaders(scope: Construct, props: LogReadersProps): LogReaders {
  const parser = parserOf(scope, props);
  const functions = [parser?.function, scheduledOf(scope, props)?.function].filter((reader) => reader !== undefined);
  for (const reader of functions) {
    for (const [name, value] of Object.entries(props.ipAccess?._allowEntryWrites(reader) ?? {})) {
      reader.function.addEnvironment(name, value);
    }
  }
  return { parser, functions };
}

function parserOf(scope: Construct, props: LogReadersProps): WafLogParser | undefined {
  if (props.offences.length === 0) {
    return undefined;
  }
  const { offences, guards, accessLogs, bucket, sourcePrefix, encryptionKey, name } = props;
  return new WafLogParser(scope, 'Parser', {
    ...guards,
    bucket,
    prefix: sourcePrefix,
    accessLogs,
    offences,
    encryptionKey,
    name,
  });
}

function scheduledOf(scope: Construct, props: LogReadersProps): ScheduledOffenders | undefined {
  if (props.offenderQueries.length === 0) {
    return undefined;
  }
  const { offenderQueries: queries, guards, table, bucket, encryptionKey, scanLimit, name } = props;
  const workgroup = new WafLogWorkgroup(scope, 'OffenderQueries', {
    description: 'Scheduled questions who offended',
    bucket,
    encryptionKey,
    scanLimit,
  });
  return new ScheduledOffenders(scope, 'Offenders', {
    queries,
    guards,
    table,
    workgroup,
    bucket,
    encryptionKey,
    name,
  });
}

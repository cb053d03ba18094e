import type { Inventory } from '../support/inventory';
import { Diagram } from './diagram';

const LOGS = 'EdgeOperations/WafLogs';
const ACCESS = 'ChargingPlatform/IpAccess';
const FRAME = { fill: '#f8fafc', line: '#334155', labelBelow: true };

const ROWS = [
  'attacker',
  'edgeAcl acl',
  'stream edgeSet set',
  'bucket writer',
  'rule athena',
  'counts parser entries',
  'feeds api',
];

/** The way of an offender from the line that WAF logs to the address that both web ACLs block, step by step. */
export function wafOffender(inventory: Inventory): Promise<string> {
  const one = (type: string, path: string) => inventory.one(`AWS::${type}`, path);
  const stream = one('KinesisFirehose::DeliveryStream', LOGS);
  const { BufferingHints, Prefix } = stream.properties.ExtendedS3DestinationConfiguration.S3BackupConfiguration;
  const source = Prefix.split('/')[0];
  const parser = one('Lambda::Function', `${LOGS}/Parser`);
  const [offence] = JSON.parse(parser.properties.Environment.Variables.OFFENCES);
  const { MaximumBatchingWindowInSeconds } = one('Lambda::EventSourceMapping', `${ACCESS}/IpSets`).properties;
  const rate = one('Scheduler::Schedule', `${ACCESS}/IpSets`).properties.ScheduleExpression;
  const feeds = inventory.ofType('AWS::Scheduler::Schedule').filter(({ path }) => path.startsWith(`${ACCESS}/Feeds`));
  const diagram = new Diagram(inventory, 'rankdir=TB nodesep=0.5 ranksep=0.4 newrank=true');
  diagram
    .outsider('attacker', 'Attacker', 'knocks again and again')
    .frame('edge', 'us-east-1, for CloudFront', FRAME, () =>
      diagram
        .box(
          'edgeAcl',
          one('WAFv2::WebACL', 'Edge/WebAcl'),
          '1  Web ACL',
          'blocks the request by a rule,',
          'and logs it',
        )
        .box('stream', stream, '2  Firehose', `delivers every ${BufferingHints.IntervalInSeconds} s`)
        .box(
          'bucket',
          one('S3::Bucket', `${LOGS}/Log`),
          '3  S3 bucket',
          `${source}/ for the parser,`,
          'parquet/ for Athena',
        )
        .box('athena', one('Athena::WorkGroup', LOGS), 'Athena', 'answers who it was')
        .box('rule', one('Events::Rule', `${LOGS}/Parser`), '4  EventBridge', 'a file has arrived')
        .box('counts', one('DynamoDB::GlobalTable', `${LOGS}/Parser`), 'Counts', 'across files')
        .box(
          'parser',
          parser,
          '5  Log parser',
          `${offence.threshold} ${offence.kind} in ${offence.windowSeconds / 60} minutes:`,
          `block for ${offence.blockSeconds / 3600} hours`,
        )
        .box('edgeSet', one('WAFv2::IPSet', 'Edge/WebAcl/IpSets/BlockIpv4'), '8  IP set', 'blocked at the edge'),
    )
    .frame('spain', 'eu-south-2', FRAME, () =>
      diagram
        .box('acl', one('WAFv2::WebACL', 'ChargingPlatform/WebAcl'), 'Web ACL', 'of the load balancer')
        .box(
          'set',
          one('WAFv2::IPSet', 'ChargingPlatform/WebAcl/IpSets/BlockIpv4'),
          '8  IP set',
          'blocked at the load balancer',
        )
        .box(
          'writer',
          one('Lambda::Function', `${ACCESS}/IpSets/Writer`),
          '7  IP set writer',
          `woken within ${MaximumBatchingWindowInSeconds} s by the stream,`,
          `and ${rate.replace(/rate\((.*)\)/, 'every $1')}`,
        )
        .box(
          'entries',
          one('DynamoDB::GlobalTable', ACCESS),
          '6  Table of IP entries',
          'address, reason, source, expiry',
        )
        .box('feeds', one('Lambda::Function', `${ACCESS}/Feeds`), 'Feed reader', `${feeds.length} lists, on schedules`)
        .box('api', one('ApiGateway::RestApi', ACCESS), 'Entry API', 'people block and release'),
    )
    .arrow('attacker', 'edgeAcl')
    .arrow('edgeAcl', 'stream')
    .arrow('stream', 'bucket')
    .arrow('bucket', 'athena', { dashed: true })
    .arrow('bucket', 'rule')
    .arrow('rule', 'parser')
    .arrow('parser', 'counts', { dashed: true, loose: true })
    .arrow('parser', 'entries', { loose: true })
    .arrow('entries', 'writer', { upward: true })
    .arrow('writer', 'set', { upward: true })
    .arrow('writer', 'edgeSet', { upward: true })
    .arrow('set', 'acl', { upward: true })
    .arrow('edgeSet', 'edgeAcl', { upward: true })
    .arrow('feeds', 'entries', { dashed: true, upward: true })
    .arrow('api', 'entries', { dashed: true, upward: true })
    .rows(ROWS);
  return diagram.render();
}

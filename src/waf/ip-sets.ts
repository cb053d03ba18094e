import { Aws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { acrossRegions } from '../private/cross-region';
import { ALLOW, BLOCK, type EntryList } from './entries';
import type { IpSetReference, WriterIpSets } from './platform-ip-sets';
import type { PlatformWebAcl } from './platform-web-acl';

/** What the writer is told of a set; the shape is `IpSetTarget` of the runtime code. */
export interface WriterTarget extends IpSetReference {
  readonly list: EntryList;
  readonly family: number;
}

function setsOf(webAcl: PlatformWebAcl): WriterIpSets {
  return webAcl._ipSets;
}

export function scopeOf(webAcl: PlatformWebAcl): string {
  return setsOf(webAcl).blockIpv4.scope;
}

/** The sets of a web ACL as `consumer` may name them from its own region. */
export function targetsOf(consumer: Construct, webAcl: PlatformWebAcl): WriterTarget[] {
  const sets = setsOf(webAcl);
  return [
    { ...sets.allowIpv4, list: ALLOW, family: 4 },
    { ...sets.allowIpv6, list: ALLOW, family: 6 },
    { ...sets.blockIpv4, list: BLOCK, family: 4 },
    { ...sets.blockIpv6, list: BLOCK, family: 6 },
  ].map(({ name, id, scope, list, family }) => ({
    name: acrossRegions(consumer, webAcl, name),
    id: acrossRegions(consumer, webAcl, id),
    scope,
    list: list as EntryList,
    family,
  }));
}

/** WAF keeps CLOUDFRONT sets in us-east-1 and calls them global. */
export function arnOf(scope: Construct, set: IpSetReference): string {
  const stack = Stack.of(scope);
  const [region, level] = set.scope === 'CLOUDFRONT' ? ['us-east-1', 'global'] : [stack.region, 'regional'];
  return `arn:${Aws.PARTITION}:wafv2:${region}:${stack.account}:${level}/ipset/${set.name}/${set.id}`;
}

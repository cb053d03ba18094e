import { Fn, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import { ZONE_SLOTS } from './slots';

/** The zones of the network, in the order that decides their addresses. */
export function zonesOf(scope: Construct, named: string[] | undefined, count: number | undefined): string[] {
  if (named === undefined) {
    return firstZones(scope, count ?? 2);
  }
  if (count !== undefined) {
    throw invalid(
      scope,
      "'zoneCount' must not be given together with 'availabilityZones'; name as many zones as are wanted",
    );
  }
  validateNames(scope, named);
  return named;
}

function firstZones(scope: Construct, count: number): string[] {
  if (!Number.isInteger(count) || count < 2 || count > ZONE_SLOTS) {
    throw invalid(
      scope,
      `'zoneCount' must be an integer from 2 to ${ZONE_SLOTS}, got ${count}; load balancers and databases need two zones, the address plan has room for ${ZONE_SLOTS}`,
    );
  }
  const stack = Stack.of(scope);
  if (Token.isUnresolved(stack.region) || Token.isUnresolved(stack.account)) {
    return Array.from({ length: count }, (_, index) => Fn.select(index, Fn.getAzs()));
  }
  const known = stack.availabilityZones;
  if (known.length < count) {
    throw invalid(
      scope,
      `'zoneCount' must be at most the ${known.length} zones that the CDK knows of ${stack.region}, got ${count}; name them with 'availabilityZones'`,
    );
  }
  return known.slice(0, count);
}

function validateNames(scope: Construct, zones: readonly string[]): void {
  if (zones.length < 2 || zones.length > ZONE_SLOTS) {
    throw invalid(
      scope,
      `'availabilityZones' must name 2 to ${ZONE_SLOTS} zones, got ${zones.length}; load balancers and databases need two, the address plan has room for ${ZONE_SLOTS}`,
    );
  }
  const twice = zones.find((zone, index) => zones.indexOf(zone) !== index);
  if (twice !== undefined) {
    throw invalid(scope, `'availabilityZones' must name each zone once, got ${twice} twice`);
  }
  const { region } = Stack.of(scope);
  const foreign = zones.find((zone) => !Token.isUnresolved(zone) && !zone.startsWith(region));
  if (foreign !== undefined && !Token.isUnresolved(region)) {
    throw invalid(scope, `'availabilityZones' must be of the stack's region, such as ${region}a, got ${foreign}`);
  }
}

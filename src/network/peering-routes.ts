import { Reference, Tokenization } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { acrossRegions } from '../private/cross-region';
import { invalid } from '../private/errors';

export interface PeeringRoute {
  readonly table: string;
  readonly destinationCidr: string;
  readonly peeringId: string;
}

export function addPeeringRoute(scope: Construct, id: string, route: PeeringRoute): void {
  new ec2.CfnRoute(scope, id, {
    routeTableId: route.table,
    destinationCidrBlock: route.destinationCidr,
    vpcPeeringConnectionId: route.peeringId,
  });
}

/** Route tables of the chosen subnets, or of all, each once. */
export function routeTablesOf(
  scope: Construct,
  prop: string,
  vpc: ec2.IVpc,
  selection: ec2.SubnetSelection | undefined,
): string[] {
  const subnets = selection
    ? vpc.selectSubnets(selection).subnets
    : [...vpc.publicSubnets, ...vpc.privateSubnets, ...vpc.isolatedSubnets];
  const tables = subnets.map((subnet) => subnet.routeTable.routeTableId).filter((table) => table !== undefined);
  if (tables.length < subnets.length || tables.length === 0) {
    throw invalid(
      scope,
      `'${prop}' must know the route tables of its subnets, because the way back is added to them, got ${tables.length} for ${subnets.length} subnets; give the route table ids where it is imported, or choose other subnets`,
    );
  }
  return [...new Set(tables)];
}

/** `value` as it may be used here, where it may be an attribute of a resource of another region. */
export function fromElsewhere(scope: Construct, value: string): string {
  const reference = Tokenization.reverse(value, { failConcat: false });
  return Reference.isReference(reference) ? acrossRegions(scope, reference.target, value) : value;
}

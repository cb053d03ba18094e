import { Names, Reference, Token, Tokenization } from 'aws-cdk-lib';
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

export interface NamedTable {
  /** What the route is named after: names that follow the order of a list would have routes meet while it changes. */
  readonly name: string;
  readonly table: string;
}

/** Route tables of the chosen subnets, or of all, each once. */
export function routeTablesOf(
  scope: Construct,
  prop: string,
  vpc: ec2.IVpc,
  selection: ec2.SubnetSelection | undefined,
): NamedTable[] {
  const subnets = selection
    ? vpc.selectSubnets(selection).subnets
    : [...vpc.publicSubnets, ...vpc.privateSubnets, ...vpc.isolatedSubnets];
  const known = subnets
    .filter((subnet) => subnet.routeTable.routeTableId !== undefined)
    .map(({ node, routeTable: { routeTableId: table } }) => ({
      table,
      name: Token.isUnresolved(table) ? Names.nodeUniqueId(node) : table,
    }));
  if (known.length < subnets.length || known.length === 0) {
    throw invalid(
      scope,
      `'${prop}' must know the route tables of its subnets, because the way back is added to them, got ${known.length} for ${subnets.length} subnets; give the route table ids where it is imported, or choose other subnets`,
    );
  }
  return known.filter(({ table }, index) => known.findIndex((other) => other.table === table) === index);
}

/** `value` as it may be used here, where it may be an attribute of a resource of another region. */
export function fromElsewhere(scope: Construct, value: string): string {
  const reference = Tokenization.reverse(value, { failConcat: false });
  return Reference.isReference(reference) ? acrossRegions(scope, reference.target, value) : value;
}

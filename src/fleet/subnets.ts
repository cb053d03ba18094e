import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { Exposure } from './exposure';
import type { Placement } from './placement';

/** Where load balancers stand, one subnet per zone. */
export interface LoadBalancerSubnets {
  readonly web: ec2.ISubnet[];
  readonly chargePoints: ec2.ISubnet[];
}

export interface FleetSubnets extends LoadBalancerSubnets {
  readonly machines: ec2.ISubnet[];
}

/** Where the machines of a VPC without known addresses may be spoken to from. */
const PRIVATE_RANGES = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'];

export function selectSubnets(
  scope: Construct,
  vpc: ec2.IVpc,
  placement: Placement,
  exposure: Exposure,
  chargePoints: boolean,
): FleetSubnets {
  const select = (subnetType: ec2.SubnetType, prop: string) => {
    const found = subnetType === ec2.SubnetType.PUBLIC ? vpc.publicSubnets : vpc.privateSubnets;
    if (found.length === 0) {
      const kind = subnetType === ec2.SubnetType.PUBLIC ? 'public' : 'private';
      throw invalid(scope, `'vpc' must have ${kind} subnets for '${prop}', got none; choose another '${prop}' or VPC`);
    }
    return vpc.selectSubnets({ subnetType, onePerAz: true }).subnets;
  };
  const web = select(exposure._internal ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PUBLIC, 'exposure');
  if (web.length < 2) {
    throw invalid(
      scope,
      `'vpc' must have subnets in at least two zones, which load balancers demand, got ${web.length}`,
    );
  }
  return {
    machines: select(placement._subnetType, 'placement'),
    web,
    chargePoints: chargePoints ? select(ec2.SubnetType.PUBLIC, 'endpoints') : [],
  };
}

/** Where Image Builder's machine stands, which gets no public address. */
export function builderSubnet(scope: Construct, vpc: ec2.IVpc): ec2.ISubnet {
  const [subnet] = vpc.privateSubnets;
  if (subnet === undefined) {
    throw invalid(
      scope,
      "'vpc' must have a private subnet with a way out for 'goldenImage', got none; leave 'goldenImage' out or add one",
    );
  }
  return subnet;
}

/** Networks that the load balancer speaks to machines from. */
export function networksOf(subnets: readonly ec2.ISubnet[]): string[] {
  const known = subnets.map(cidrOf);
  return known.every((cidr): cidr is string => cidr !== undefined) ? known : PRIVATE_RANGES;
}

function cidrOf(subnet: ec2.ISubnet): string | undefined {
  try {
    return Token.isUnresolved(subnet.ipv4CidrBlock) ? undefined : subnet.ipv4CidrBlock;
  } catch {
    // An imported subnet throws where its CIDR was not given; there is no way to ask.
    return undefined;
  }
}

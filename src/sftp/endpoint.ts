import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as transfer from 'aws-cdk-lib/aws-transfer';
import { Construct } from 'constructs';
import type { SftpVpcEndpointOptions } from './sftp-endpoint';
import { validateAllowFrom, validateElasticIpSubnets, validateVpcSubnets } from './validation';

/** What the server needs of its endpoint. */
export interface BoundEndpoint {
  readonly endpointType: 'PUBLIC' | 'VPC';
  readonly endpointDetails?: transfer.CfnServer.EndpointDetailsProperty;
  readonly addresses: string[];
  readonly connections?: ec2.Connections;
}

export function defineInsideVpc(scope: Construct, options: SftpVpcEndpointOptions): BoundEndpoint {
  const { subnets } = options.vpc.selectSubnets(options.subnets ?? { onePerAz: true });
  validateVpcSubnets(scope, subnets.length);
  validateAllowFrom(scope, options.allowFrom);
  return { ...placeIn(new Construct(scope, 'Endpoint'), options, subnets), addresses: [] };
}

export function defineWithElasticIps(scope: Construct, options: SftpVpcEndpointOptions): BoundEndpoint {
  const selection = options.subnets ?? { subnetType: ec2.SubnetType.PUBLIC, onePerAz: true };
  const { subnets } = options.vpc.selectSubnets(selection);
  validateElasticIpSubnets(scope, subnets.length);
  validateAllowFrom(scope, options.allowFrom);
  const namespace = new Construct(scope, 'Endpoint');
  const placed = placeIn(namespace, options, subnets);
  const elasticIps = subnets.map((_, index) => new ec2.CfnEIP(namespace, `ElasticIp${index + 1}`, { domain: 'vpc' }));
  return {
    ...placed,
    endpointDetails: {
      ...placed.endpointDetails,
      addressAllocationIds: elasticIps.map(({ attrAllocationId }) => attrAllocationId),
    },
    addresses: elasticIps.map(({ attrPublicIp }) => attrPublicIp),
  };
}

function placeIn(namespace: Construct, { vpc, allowFrom }: SftpVpcEndpointOptions, subnets: ec2.ISubnet[]) {
  const securityGroup = new ec2.SecurityGroup(namespace, 'SecurityGroup', {
    vpc,
    description: 'SFTP server',
    allowAllOutbound: false,
  });
  for (const cidr of allowFrom) {
    securityGroup.addIngressRule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(22), 'SFTP clients');
  }
  return {
    endpointType: 'VPC' as const,
    endpointDetails: {
      vpcId: vpc.vpcId,
      subnetIds: subnets.map(({ subnetId }) => subnetId),
      securityGroupIds: [securityGroup.securityGroupId],
    },
    connections: securityGroup.connections,
  };
}

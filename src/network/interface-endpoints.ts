import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { invalid } from '../private/errors';

/** AWS's APIs inside the VPC, reached by HTTPS from the VPC only. */
export class InterfaceEndpoints extends Construct {
  constructor(
    scope: Construct,
    id: string,
    vpc: ec2.Vpc,
    cidr: string,
    services: ec2.InterfaceVpcEndpointAwsService[],
  ) {
    super(scope, id);
    const names = services.map(({ shortName }) => shortName);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      throw invalid(scope, `'interfaceEndpoints' must name each service once, got ${twice} twice`);
    }
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'AWS APIs inside the VPC, for the VPC only',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(ec2.Peer.ipv4(cidr), ec2.Port.HTTPS, 'HTTPS from the VPC');
    for (const service of services) {
      new ec2.InterfaceVpcEndpoint(this, service.shortName, {
        vpc,
        service,
        subnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        securityGroups: [securityGroup],
        open: false,
      });
    }
  }
}

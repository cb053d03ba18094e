import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { type BoundEndpoint, defineInsideVpc, defineWithElasticIps } from './endpoint';

/** How an endpoint stands in a VPC. */
export interface SftpVpcEndpointOptions {
  /** Network that holds the endpoint. */
  readonly vpc: ec2.IVpc;
  /** IPv4 networks that may connect to port 22, in CIDR notation; everybody (0.0.0.0/0) is refused. */
  readonly allowFrom: string[];
  /**
   * Subnets of the endpoint, one in each zone.
   * @default - for Elastic IPs the public subnets, else the private ones
   */
  readonly subnets?: ec2.SubnetSelection;
}

/**
 * How clients reach the server.
 * @see https://docs.aws.amazon.com/transfer/latest/userguide/create-server-in-vpc.html
 */
export class SftpEndpoint {
  /** By addresses of AWS that change, from everywhere: only the users' keys protect it. */
  public static awsAddresses(): SftpEndpoint {
    return new SftpEndpoint(() => ({ endpointType: 'PUBLIC', addresses: [] }));
  }

  /**
   * By Elastic IPs, 1 to 3, that partners can enter in their firewalls, and only from their networks. The addresses go
   * when the construct goes.
   */
  public static elasticIps(options: SftpVpcEndpointOptions): SftpEndpoint {
    return new SftpEndpoint((scope) => defineWithElasticIps(scope, options));
  }

  /** By private addresses, for networks behind a VPN or a peering. */
  public static insideVpc(options: SftpVpcEndpointOptions): SftpEndpoint {
    return new SftpEndpoint((scope) => defineInsideVpc(scope, options));
  }

  private constructor(private readonly define: (scope: Construct) => BoundEndpoint) {}

  /** @internal */
  public _bind(scope: Construct): BoundEndpoint {
    return this.define(scope);
  }
}

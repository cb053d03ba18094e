import { Names } from 'aws-cdk-lib';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { WebAclScope } from './web-acl-scope';

/** One empty IP set of a web ACL, as the web ACL tells it. */
export interface IpSetReference {
  readonly name: string;
  readonly id: string;
  readonly scope: string;
}

/** The four sets of one web ACL that the writer keeps. */
export interface WriterIpSets {
  readonly allowIpv4: IpSetReference;
  readonly allowIpv6: IpSetReference;
  readonly blockIpv4: IpSetReference;
  readonly blockIpv6: IpSetReference;
}

/**
 * The four sets of one web ACL: allowed and blocked addresses of both families. They are created empty and no property of them
 * ever changes, because CloudFormation sends the addresses along with any other change and would wipe what the writer wrote.
 */
export class PlatformIpSets extends Construct {
  public readonly references: WriterIpSets;
  public readonly allow: wafv2.CfnIPSet[];
  public readonly block: wafv2.CfnIPSet[];

  constructor(
    scope: Construct,
    id: string,
    private readonly webAclScope: WebAclScope,
  ) {
    super(scope, id);
    const allowIpv4 = this.define('AllowIpv4', 'IPV4');
    const allowIpv6 = this.define('AllowIpv6', 'IPV6');
    const blockIpv4 = this.define('BlockIpv4', 'IPV4');
    const blockIpv6 = this.define('BlockIpv6', 'IPV6');
    this.allow = [allowIpv4, allowIpv6];
    this.block = [blockIpv4, blockIpv6];
    this.references = {
      allowIpv4: this.referTo(allowIpv4),
      allowIpv6: this.referTo(allowIpv6),
      blockIpv4: this.referTo(blockIpv4),
      blockIpv6: this.referTo(blockIpv6),
    };
  }

  /** Named by its place in the app: the writer's ARN needs the name, and CloudFormation gives a generated one only inside `Ref`. */
  private define(id: string, ipAddressVersion: string): wafv2.CfnIPSet {
    const set = new wafv2.CfnIPSet(this, id, {
      scope: this.webAclScope,
      ipAddressVersion,
      addresses: [],
      description: 'Filled at run time from the table of IP entries',
    });
    set.name = Names.uniqueResourceName(set, { maxLength: 128, separator: '-' });
    return set;
  }

  private referTo(set: wafv2.CfnIPSet) {
    return { name: set.name as string, id: set.attrId, scope: this.webAclScope };
  }
}

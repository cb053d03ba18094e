import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { contains, type Ipv4Network, overlaps, parseNetwork } from '../private/cidr';
import { invalid } from '../private/errors';

/** What `ec2.Vpc.fromLookup` tells until the CDK has looked the VPC up; the synthesis that counts comes after. */
const NOT_LOOKED_UP = '1.2.3.4/5';

interface Neighbour {
  readonly name: string;
  readonly cidr: string;
  readonly network: Ipv4Network;
}

/** The ranges that routes of the VPC lead to: an address in two of them could not be reached in one. */
export class Neighbours {
  private readonly known: Neighbour[] = [];

  constructor(
    private readonly scope: Construct,
    private readonly deniedCidrs: readonly string[],
  ) {}

  /** Remembers `cidr`. A token passes unseen: its value is not known before deployment. */
  public add(prop: string, name: string, cidr: string): void {
    if (Token.isUnresolved(cidr) || cidr === NOT_LOOKED_UP) {
      return;
    }
    const network = parseNetwork(cidr);
    if (typeof network === 'string') {
      throw invalid(this.scope, `'${prop}' ${network}, got ${cidr}`);
    }
    const other = this.known.find((neighbour) => overlaps(neighbour.network, network));
    if (other) {
      throw invalid(
        this.scope,
        `'${prop}' must not overlap other ranges, got ${cidr}, which overlaps ${other.cidr} of ${other.name}; one of the two must be renumbered or narrowed`,
      );
    }
    const denied = this.deniedCidrs.find((range) => isWithin(range, network));
    if (denied !== undefined) {
      throw invalid(
        this.scope,
        `'${prop}' must not lie in a denied range, got ${cidr}, which lies in ${denied} of 'deniedCidrs'; nothing would pass`,
      );
    }
    this.known.push({ name, cidr, network });
  }
}

function isWithin(range: string, network: Ipv4Network): boolean {
  const outer = Token.isUnresolved(range) ? 'a token' : parseNetwork(range);
  return typeof outer !== 'string' && contains(outer, network);
}

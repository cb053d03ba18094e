import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type Ipv4Network, overlaps, parseNetwork } from '../private/cidr';
import { invalid } from '../private/errors';

interface Neighbour {
  readonly name: string;
  readonly cidr: string;
  readonly network: Ipv4Network;
}

/** The ranges that routes of the VPC lead to: an address in two of them could not be reached in one. */
export class Neighbours {
  private readonly known: Neighbour[] = [];

  constructor(private readonly scope: Construct) {}

  /** Remembers `cidr`. A token passes unseen: its value is not known before deployment. */
  public add(prop: string, name: string, cidr: string): void {
    if (Token.isUnresolved(cidr)) {
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
    this.known.push({ name, cidr, network });
  }
}

import { formatNetwork, parseNetwork } from './ip-ranges';

/** Of all the IPv6 clients of a file, the most that are remembered. */
const MOST_REMEMBERED = 10_000;

/**
 * Whom a count is for: an IPv4 address as it is, an IPv6 address as its network of 64 bits, because one client has all of that.
 * What is no address stays as it is; it cannot become an entry.
 */
export class ClientNetworks {
  private readonly remembered = new Map<string, string>();

  public of(address: string): string {
    return address.includes(':') ? this.ofIpv6(address) : address;
  }

  private ofIpv6(address: string): string {
    const known = this.remembered.get(address);
    if (known !== undefined) {
      return known;
    }
    const network = parseNetwork(`${address}/64`);
    const found = network?.family === 6 ? formatNetwork(network) : address;
    if (this.remembered.size >= MOST_REMEMBERED) {
      this.remembered.clear();
    }
    this.remembered.set(address, found);
    return found;
  }
}

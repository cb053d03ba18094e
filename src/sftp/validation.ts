import { type Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { parseNetwork } from '../private/cidr';
import { invalid } from '../private/errors';
import { problemOfPublicKey } from './public-key';

const MAXIMUM_PREFIX_LENGTH = 300;

export function validateAllowFrom(scope: Construct, cidrs: string[]): void {
  if (cidrs.length === 0) {
    throw invalid(scope, "'allowFrom' must name at least one network, got none; nobody could connect");
  }
  for (const cidr of cidrs) {
    const network = Token.isUnresolved(cidr) ? undefined : parseNetwork(cidr);
    if (typeof network === 'string') {
      throw invalid(scope, `'allowFrom' ${network}, got '${cidr}'`);
    }
    if (network?.prefix === 0) {
      throw invalid(
        scope,
        `'allowFrom' must name the networks that may connect, got '${cidr}'; for everybody use SftpEndpoint.awsAddresses`,
      );
    }
  }
}

export function validateElasticIpSubnets(scope: Construct, count: number): void {
  if (count < 1 || count > 3) {
    throw invalid(scope, `'subnets' must select 1 to 3 public subnets, one Elastic IP in each, got ${count}`);
  }
}

export function validateVpcSubnets(scope: Construct, count: number): void {
  if (count < 1) {
    throw invalid(scope, `'subnets' must select at least one subnet, got ${count}`);
  }
}

export function validateVersionRetention(scope: Construct, value: Duration): void {
  if (!value.isUnresolved() && value.toDays() < 1) {
    throw invalid(scope, `'versionRetention' must be at least 1 day, got ${value.toDays()}`);
  }
}

export function validateUserName(scope: Construct, name: string): void {
  if (Token.isUnresolved(name) || !/^[A-Za-z0-9_][A-Za-z0-9_@.-]{2,99}$/.test(name)) {
    const got = Token.isUnresolved(name) ? 'a token' : `'${name}'`;
    throw invalid(
      scope,
      `the name of a user must be 3 to 100 letters, digits or _@.- known at synth, beginning with a letter, a digit or _, got ${got}`,
    );
  }
}

/**
 * No wildcard and no policy variable fits through: the prefix becomes part of an IAM resource. It stands three times in a session
 * policy, which has at most 2048 characters.
 */
export function validateHomePrefix(scope: Construct, user: string, prefix: string): void {
  const segments = prefix.split('/');
  const isSafe = segments.every((segment) => /^[A-Za-z0-9_@.=-]+$/.test(segment) && !/^\.+$/.test(segment));
  if (Token.isUnresolved(prefix) || !isSafe || prefix.length > MAXIMUM_PREFIX_LENGTH) {
    const got = Token.isUnresolved(prefix) ? 'a token' : `'${prefix}'`;
    throw invalid(
      scope,
      `'homePrefix' of '${user}' must be a path inside the bucket such as partners/acme, of at most ${MAXIMUM_PREFIX_LENGTH} letters, digits and _@.=- without a slash at either end, got ${got}`,
    );
  }
}

export function validatePublicKeys(scope: Construct, user: string, keys: string[]): void {
  if (keys.length < 1 || keys.length > 10) {
    throw invalid(scope, `'publicKeys' of '${user}' must hold 1 to 10 keys, got ${keys.length}`);
  }
  for (const [index, key] of keys.entries()) {
    const problem = Token.isUnresolved(key) ? undefined : problemOfPublicKey(key);
    if (problem) {
      throw invalid(scope, `'publicKeys' of '${user}': key ${index + 1} ${problem}`);
    }
  }
}

import type { Stack } from 'aws-cdk-lib';
import { ChargingPlatformNetwork, type ChargingPlatformNetworkProps } from '../../src/network';
import { newStack } from '../support/stacks';

export const ZONES = ['eu-south-2a', 'eu-south-2b'];
export const THREE_ZONES = [...ZONES, 'eu-south-2c'];

export interface Defined {
  readonly stack: Stack;
  readonly network: ChargingPlatformNetwork;
}

export function define(props: ChargingPlatformNetworkProps = {}, stack: Stack = newStack()): Defined {
  const zones = props.zoneCount === undefined ? { availabilityZones: ZONES } : {};
  return { stack, network: new ChargingPlatformNetwork(stack, 'Network', { ...zones, ...props }) };
}

/** What `define` throws, without the stack's noise. */
export function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

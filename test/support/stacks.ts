import { App, type Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

export const SPAIN: Environment = { account: '111122223333', region: 'eu-south-2' };
export const EDGE: Environment = { account: '111122223333', region: 'us-east-1' };

/** A stack of an app of its own, in Spain unless told otherwise. */
export function newStack(env: Environment = SPAIN, context?: Record<string, unknown>): Stack {
  return new Stack(new App({ context }), 'Test', { env });
}

export function templateOf(stack: Stack): Template {
  return Template.fromStack(stack);
}

/** The resources of one type, as `[logicalId, resource]`. */
// biome-ignore lint/suspicious/noExplicitAny: a template is free JSON
export function resourcesOf(stack: Stack, type: string): [string, any][] {
  return Object.entries(templateOf(stack).findResources(type));
}

import { Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';

/**
 * Of names and values together.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MOST_BYTES = 4096;

/**
 * What Lambda would refuse in the middle of a deployment. Values that only CloudFormation knows count for nothing, so that nothing is
 * refused without need.
 */
export function environmentProblems(fn: lambda.Function): string[] {
  const { environment } = fn.node.defaultChild as lambda.CfnFunction;
  const { variables = {} } = Stack.of(fn).resolve(environment) ?? {};
  const sizes = Object.entries(variables).map(([name, value]) => ({ name, bytes: bytesOf(name) + bytesOf(value) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= MOST_BYTES) {
    return [];
  }
  const [longest] = sizes.sort((a, b) => b.bytes - a.bytes);
  return [
    `the environment of a function must be at most ${MOST_BYTES} bytes, got ${total} or more, ${longest.bytes} of them for ${longest.name}; shorten the props that it is made of`,
  ];
}

function bytesOf(value: unknown): number {
  if (typeof value === 'string') {
    return Buffer.byteLength(value);
  }
  const [, parts] = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'] ?? ['', []];
  return parts.reduce<number>((sum, part) => sum + bytesOf(part), 0);
}

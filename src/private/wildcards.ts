import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';

/** Records why resources with a `*` are accepted in the policies below `scope`, one finding each, as nag spells them. */
export function acknowledgeWildcards(scope: IConstruct, reason: string, ...resources: string[]): void {
  const stack = Stack.of(scope);
  acknowledge(
    scope,
    reason,
    ...resources.map((resource) => `AwsSolutions-IAM5[Resource::${spelled(stack.resolve(resource))}]`),
  );
}

/** nag writes references in angle brackets: `arn:<AWS::Partition>:s3:::<Bucket>/*`. */
function spelled(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const [intrinsic, argument] = Object.entries(value as Record<string, unknown>)[0];
  switch (intrinsic) {
    case 'Ref':
      return `<${argument}>`;
    case 'Fn::GetAtt':
      return `<${(argument as string[]).join('.')}>`;
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map(spelled).join(separator);
    }
    default:
      return JSON.stringify(value);
  }
}

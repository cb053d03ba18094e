import { Reference, ReferenceStrength, Stack, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * `value`, an attribute of `producer`, as it may be used in the stack of `consumer`. Between regions it becomes a weak reference
 * (`Fn::GetStackOutput`); the CDK's default would define a custom resource on each side. A reference carries its strength with
 * it because CDK asks only the consuming *stack* for a default, which is the app's to set.
 */
export function acrossRegions(consumer: IConstruct, producer: IConstruct, value: string): string {
  const reference = Tokenization.reverse(value, { failConcat: false });
  return Stack.of(consumer).region === Stack.of(producer).region || !Reference.isReference(reference)
    ? value
    : Stack.consumeReference(value, ReferenceStrength.WEAK);
}

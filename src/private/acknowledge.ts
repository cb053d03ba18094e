import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Records why findings of cdk-nag are accepted on one resource. Inert, and free of template bytes, where nag does not run.
 * Rules that report one finding per value need an id each: `AwsSolutions-IAM5[Resource::*]`.
 */
export function acknowledge(resource: IConstruct, reason: string, ...ids: string[]): void {
  Validations.of(resource).acknowledge(...ids.map((id) => ({ id, reason })));
}

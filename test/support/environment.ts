import { createRequire } from 'node:module';
import type { EnvironmentContext, JestEnvironmentConfig } from '@jest/environment';
import { TestEnvironment } from 'jest-environment-node';

interface TemplateValidator {
  readonly RegoEngine: new (config?: object) => object;
}

/**
 * Node's environment, in which all test files of a worker share one template validator: compiling its rules takes seconds, and the CDK does it once per
 * `App`. The validator knows nothing of earlier templates.
 */
export default class SharedValidatorEnvironment extends TestEnvironment {
  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    Object.defineProperty(this.global, 'templateValidator', { get: templateValidator });
  }
}

let shared: TemplateValidator | undefined;

function templateValidator(): TemplateValidator {
  shared ??= withOneEngine(createRequire(require.resolve('aws-cdk-lib'))('@aws/cloudformation-validate'));
  return shared;
}

function withOneEngine(validator: TemplateValidator): TemplateValidator {
  const engines = new Map<string, object>();
  return {
    ...validator,
    RegoEngine: function engineOf(config?: object) {
      const key = JSON.stringify(config);
      const engine = engines.get(key) ?? new validator.RegoEngine(config);
      engines.set(key, engine);
      return engine;
    } as unknown as TemplateValidator['RegoEngine'],
  };
}

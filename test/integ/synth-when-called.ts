import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';

/** Template rules are errors here, where the CDK alone would only warn. */
export const STRICT = { '@aws-cdk/core:validateAgainstDefaultRules': true };

/** Lets a synth fail on any finding of the three rule packs. */
export function addRulePacks(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app), new PCIDSS321Checks(app));
}

/** Synthesises an example app, checked in every way there is, where its file is what was called: by `cdk` or by a task. */
export function synthWhenCalled(file: NodeModule, define: (app: App) => unknown): void {
  if (require.main !== file) {
    return;
  }
  const app = new App({ context: STRICT });
  define(app);
  addRulePacks(app);
  app.synth();
}

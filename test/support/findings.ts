import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';

/** Unacknowledged findings of the three packs over the whole app of `stack`, as `rule path`. */
export function nagFindings(stack: Stack): string[] {
  const app = appOf(stack);
  app.synth();
  return [new AwsSolutionsChecks(app), new NIST80053R5Checks(app), new PCIDSS321Checks(app)]
    .flatMap((pack) => pack.validateScope(app).violations)
    .flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(
        ({ constructPath, resourceLogicalId }) => `${ruleName} ${constructPath ?? resourceLogicalId}`,
      ),
    )
    .sort();
}

/** What CloudFormation's own schemas and lint rules say of the app's templates, as `rule: description (where)`. */
export function strictFindings(stack: Stack): string[] {
  const before = process.env.CDK_VALIDATION;
  const quiet = jest.spyOn(console, 'error').mockImplementation();
  delete process.env.CDK_VALIDATION;
  try {
    const outdir = appOf(stack).synth({ force: true }).directory;
    const report = JSON.parse(fs.readFileSync(path.join(outdir, 'validation-report.json'), 'utf8'));
    // biome-ignore lint/suspicious/noExplicitAny: the report is free JSON
    return report.pluginReports.flatMap((plugin: any) =>
      // biome-ignore lint/suspicious/noExplicitAny: the report is free JSON
      (plugin.violations ?? []).flatMap((violation: any) =>
        // biome-ignore lint/suspicious/noExplicitAny: the report is free JSON
        violation.violatingConstructs.map((where: any) =>
          [violation.ruleName, violation.description, where.constructPath].join(' | '),
        ),
      ),
    );
  } finally {
    process.env.CDK_VALIDATION = before;
    quiet.mockRestore();
  }
}

function appOf(stack: Stack): App {
  const root = stack.node.root;
  if (!App.isApp(root)) {
    throw new Error('the stack has no App above it');
  }
  return root;
}

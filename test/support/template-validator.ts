/** Stands for `@aws/cloudformation-validate` in tests: the one that `environment.ts` keeps. */
module.exports = (globalThis as { templateValidator?: object }).templateValidator;

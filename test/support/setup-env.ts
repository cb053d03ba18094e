// The built-in template validator costs seconds per process; test/rules/strict.test.ts turns it on where it is the point.
process.env.CDK_VALIDATION = process.env.CDK_VALIDATION ?? 'false';

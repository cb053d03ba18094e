export const BUNDLE = 'bundle the Lambda functions';

/** Seconds that each takes on two cores; together they stay within a quarter of an hour. */
export const BUDGET: Record<string, number> = {
  [BUNDLE]: 15,
  'athena-bytes': 70,
  'backup-evidence': 20,
  'ip-feed': 20,
  'ip-writer': 60,
  network: 30,
  nginx: 60,
  ocpp: 120,
  'package-weight': 25,
  synthesis: 30,
  'waf-parser': 180,
};

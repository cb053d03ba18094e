import type { EvidencePolicy } from '../../src/backup/evidence.lambda-shared';

/** What the policy promises by default, as its functions are told. */
export const PRESET_POLICY: EvidencePolicy = {
  rules: [
    { name: 'Daily', keepDays: 30, firstOfMonth: false },
    { name: 'Monthly', keepDays: 366, firstOfMonth: true },
    { name: 'HalfYearly', keepDays: 1827, firstOfMonth: true, months: [1, 7] },
  ],
  timeZone: 'Europe/Madrid',
  dueAfterHours: 11,
};

import type { Inventory } from '../support/inventory';
import { addressPlan } from './address-plan';
import { architecture } from './architecture';
import { backupCalendar } from './backup-calendar';
import { wafOffender } from './waf-offender';

/** Every picture of `docs/pictures`, by file name. Each is made anew from the example app or the library's own models. */
export const PICTURES: Record<string, (inventory: Inventory) => string | Promise<string>> = {
  'architecture.svg': architecture,
  'address-plan.svg': addressPlan,
  'backup-calendar.svg': backupCalendar,
  'waf-offender.svg': wafOffender,
};

import type { Inventory } from '../support/inventory';
import { addressPlan } from './address-plan';
import { architecture } from './architecture';
import { wafOffender } from './waf-offender';

/** Every picture of `docs/pictures` that is made from the example app, by file name. */
export const PICTURES: Record<string, (inventory: Inventory) => string | Promise<string>> = {
  'architecture.svg': architecture,
  'address-plan.svg': addressPlan,
  'waf-offender.svg': wafOffender,
};

import type * as backup from 'aws-cdk-lib/aws-backup';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { defineCopyPolicy } from './copy-permissions';
import type { SplitResources } from './resources';
import { defineBackupRole } from './roles';

export interface SelectionsProps {
  readonly plan: backup.BackupPlan;
  readonly resources: SplitResources;
  readonly vault: backup.IBackupVault;
  readonly encryptionKey: kms.IKey;
  /** Vaults that get copies. */
  readonly copiesTo: readonly backup.IBackupVault[];
}

/** What the plan copies, ARNs and tags apart, with a role that has its permissions before the first job. */
export function defineSelections(scope: Construct, props: SelectionsProps): void {
  const { plan, vault, encryptionKey, copiesTo } = props;
  const { byArn, byTag, reach } = props.resources;
  const role = defineBackupRole(scope, 'Backup', { vault, encryptionKey, reach });
  const permissions: Construct[] = [role];
  if (copiesTo.length > 0) {
    const services = new Set(reach.keys());
    permissions.push(defineCopyPolicy(scope, 'CopyPolicy', { role: role.role, vaults: copiesTo, services }));
  }
  for (const [id, some] of [
    ['ByArn', byArn],
    ['ByTag', byTag],
  ] as const) {
    if (some.length > 0) {
      const selection = plan.addSelection(id, { resources: some, role: role.role, disableDefaultBackupPolicy: true });
      selection.node.addDependency(...permissions);
    }
  }
}

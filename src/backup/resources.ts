import type * as backup from 'aws-cdk-lib/aws-backup';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';

const MAX_ARNS = 500;
/** Services whose resources the backup role may copy. */
const SERVICES = ['ec2', 'rds'];

export interface SplitResources {
  readonly byArn: backup.BackupResource[];
  readonly byTag: backup.BackupResource[];
}

/** Sorts resources into two selections: AWS does not say how tags and ARNs of one selection combine. */
export function splitResources(scope: Construct, resources: backup.BackupResource[]): SplitResources {
  const byTag = resources.filter((resource) => resource.tagCondition !== undefined);
  const byArn = resources.filter((resource) => resource.tagCondition === undefined);
  if (resources.length === 0) {
    throw invalid(
      scope,
      `'resources' must name at least one resource, got none; a policy without resources keeps nothing`,
    );
  }
  if (byArn.length > MAX_ARNS) {
    throw invalid(scope, `'resources' must be at most ${MAX_ARNS} by ARN, got ${byArn.length}; select by tag instead`);
  }
  for (const { resource } of byArn) {
    const service = resource && /^arn:[^:]+:([a-z0-9-]+):/.exec(resource)?.[1];
    if (service && !SERVICES.includes(service)) {
      throw invalid(
        scope,
        `'resources' must be of RDS, EC2 or EBS, got one of '${service}'; give other services a backup plan of their own`,
      );
    }
  }
  return { byArn, byTag };
}

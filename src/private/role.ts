import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export interface PolicyRoleProps {
  readonly assumedBy: iam.IPrincipal;
  readonly description: string;
  readonly statements?: iam.PolicyStatement[];
}

/**
 * A role whose permissions stand in one customer-managed policy.
 *
 * Give `role` to the CDK's constructs (they cannot add an inline policy to it), grant to `this`, and let the resource that
 * uses the role depend on it, so that it never starts before its permissions exist.
 */
export class PolicyRole extends Construct implements iam.IGrantable {
  public readonly role: iam.IRole;
  public readonly grantPrincipal: iam.IPrincipal;
  private readonly policy: iam.ManagedPolicy;

  constructor(scope: Construct, id: string, props: PolicyRoleProps) {
    super(scope, id);
    const role = new iam.Role(this, 'Role', { assumedBy: props.assumedBy, description: props.description });
    this.policy = new iam.ManagedPolicy(this, 'Policy', { description: props.description, roles: [role] });
    this.policy.addStatements(...(props.statements ?? []));
    this.role = role.withoutPolicyUpdates();
    this.grantPrincipal = this.policy.grantPrincipal;
  }

  public allow(actions: string[], resources: string[], conditions?: Record<string, Record<string, string>>): void {
    this.policy.addStatements(new iam.PolicyStatement({ actions, resources, conditions }));
  }

  /** Refuses what another statement allows. */
  public deny(actions: string[], resources: string[], conditions: Record<string, Record<string, string>>): void {
    this.policy.addStatements(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions, resources, conditions }));
  }
}

import { CfnDeletionPolicy, CfnResource, type IAspect, Validations } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';

/**
 * Turns retention, deletion protection and final snapshots off, so that nothing of the stage outlives it. For demonstrations
 * and continuous integration only; a bucket that holds objects, or a vault that holds recovery points, must be emptied first.
 */
export class DisposableStage implements IAspect {
  public visit(node: IConstruct): void {
    if (node instanceof elbv2.BaseLoadBalancer) {
      node.setAttribute('deletion_protection.enabled', 'false');
      accept(node, 'NIST.800.53.R5-ELBDeletionProtectionEnabled');
    } else if (node instanceof rds.CfnDBInstance || node instanceof rds.CfnDBCluster) {
      node.deletionProtection = false;
      node.deleteAutomatedBackups = true;
      accept(node, 'AwsSolutions-RDS10', 'NIST.800.53.R5-RDSInstanceDeletionProtectionEnabled');
    } else if (node instanceof dynamodb.CfnGlobalTable) {
      node.addPropertyOverride('Replicas.0.DeletionProtectionEnabled', false);
    } else if (node instanceof kms.CfnKey) {
      node.pendingWindowInDays = 7;
    } else if (node instanceof ecr.CfnRepository) {
      node.emptyOnDelete = true;
    }
    if (CfnResource.isCfnResource(node) && node.cfnOptions.deletionPolicy !== undefined) {
      node.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
      node.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.DELETE;
    }
  }
}

function accept(resource: IConstruct, ...ids: string[]): void {
  const reason = 'The stage is for demonstration and is destroyed when that ends';
  Validations.of(resource).acknowledge(...ids.map((id) => ({ id, reason })));
}

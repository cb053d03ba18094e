import { Duration, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { allowEvents } from '../private/encryption';
import { invalid } from '../private/errors';
import { PlatformFunction } from '../private/functions';
import { acknowledgeWildcards } from '../private/wildcards';
import { CheckDatabaseFunction } from './check-database-function';
import * as constants from './constants';
import type { MysqlRestoreValidationOptions } from './restore-validation';
import { ValidateRestoreFunction } from './validate-restore-function';

const MAX_CHECKS = 20;
/** The environment of a function holds 4 KB. */
const MAX_CHECK_CHARACTERS = 3000;
const USER = /^[a-z][a-z0-9_]{0,31}$/;
const DATABASE = /^[A-Za-z0-9_]{1,64}$/;

export interface RestoreValidatorProps {
  readonly options: MysqlRestoreValidationOptions;
  readonly encryptionKey: kms.IKey;
  /** Value of the metrics' dimension. */
  readonly name: string;
}

/**
 * Two functions: one that AWS Backup's restores wake and that tells it the result, and one in the VPC that logs in to the restored
 * database. So what sees data asks no API, and what asks APIs sees no data.
 */
export class RestoreValidator extends Construct {
  public readonly function: PlatformFunction;
  /** Of restored databases. */
  public readonly securityGroup: ec2.SecurityGroup;
  public readonly port: number;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RestoreValidatorProps,
  ) {
    super(scope, id);
    const { vpc } = props.options;
    this.port = props.options.port ?? 33306;
    validate(scope, props.options, this.port);
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Databases that are restored to be checked',
      allowAllOutbound: false,
    });
    this.function = this.defineValidation(this.defineChecking());
    allowEvents(props.encryptionKey);
  }

  /** Wakes the function when a restore of the plan has ended well. */
  public listenTo(restoreTestingPlanArn: string): void {
    const rule = new events.Rule(this, 'Restored', {
      description: 'A database was restored to be checked',
      eventPattern: {
        source: ['aws.backup'],
        detailType: ['Restore Job State Change'],
        detail: {
          status: ['COMPLETED'],
          resourceType: ['RDS'],
          restoreTestingPlanArn: [restoreTestingPlanArn],
        },
      },
    });
    rule.addTarget(
      new targets.LambdaFunction(this.function.function, {
        deadLetterQueue: this.function.deadLetterQueue,
        // After that the copy is gone.
        maxEventAge: Duration.hours(1),
      }),
    );
  }

  private defineChecking(): PlatformFunction {
    const { options, encryptionKey } = this.props;
    const { vpc, databaseName, user = 'restore_check', checks } = options;
    const securityGroup = new ec2.SecurityGroup(this, 'CheckingSecurityGroup', {
      vpc,
      description: 'Function that checks restored databases',
      allowAllOutbound: false,
    });
    securityGroup.connections.allowTo(this.securityGroup, ec2.Port.tcp(this.port), 'Checks of restored databases');
    const isolated = vpc.privateSubnets.length === 0;
    const defined = new PlatformFunction(this, 'Checking', {
      code: CheckDatabaseFunction,
      description: 'Logs in to restored databases and runs checks',
      encryptionKey,
      // Twenty queries of half a minute, and two minutes until the server lets it in.
      timeout: Duration.minutes(13),
      network: {
        vpc,
        subnets: { subnetType: isolated ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PRIVATE_WITH_EGRESS },
        securityGroup,
      },
      environment: {
        [constants.CHECK_USER_ENV]: user,
        [constants.SCHEMA_ENV]: databaseName,
        [constants.CHECKS_ENV]: JSON.stringify(specsOf(checks)),
        // The runtime's own list of the authorities of RDS, which it does not load by itself.
        NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
      },
    });
    const { partition, region, account } = Stack.of(this);
    const logins = `arn:${partition}:rds-db:${region}:${account}:dbuser:db-*/${user}`;
    defined.allow(['rds-db:connect'], [logins]);
    acknowledgeWildcards(
      defined,
      'A restored database gets its id when AWS Backup makes it. The user is exact, and the security group reaches restored databases only',
      logins,
    );
    return defined;
  }

  private defineValidation(checking: PlatformFunction): PlatformFunction {
    const { encryptionKey, name } = this.props;
    const defined = new PlatformFunction(this, 'Validation', {
      code: ValidateRestoreFunction,
      description: 'Has restored databases checked and tells AWS Backup the result',
      encryptionKey,
      // Its log has the results, which AWS Backup forgets with its jobs.
      isEvidence: true,
      timeout: Duration.minutes(15),
      environment: {
        [constants.CHECK_FUNCTION_ENV]: checking.function.functionName,
        [constants.POLICY_NAME_ENV]: name,
      },
    });
    const { partition, region, account } = Stack.of(this);
    const restored = `arn:${partition}:rds:${region}:${account}:db:${constants.RESTORE_TEST_PREFIX}*`;
    defined.allow(['rds:DescribeDBInstances'], [restored]);
    defined.allow(['lambda:InvokeFunction'], [checking.function.functionArn]);
    defined.allow(['backup:PutRestoreValidationResult'], ['*']);
    acknowledgeWildcards(defined, 'AWS Backup names what it restores for a test so, and it only reads', restored);
    acknowledgeWildcards(defined, 'backup:PutRestoreValidationResult knows no resource', '*');
    return defined;
  }
}

function specsOf(checks: MysqlRestoreValidationOptions['checks'] = []): constants.DatabaseCheck[] {
  return checks.map(({ name, _sql }) => ({ name, sql: _sql }));
}

function validate(scope: Construct, options: MysqlRestoreValidationOptions, port: number): void {
  const { databaseName, user, checks = [] } = options;
  if (!Token.isUnresolved(databaseName) && !DATABASE.test(databaseName)) {
    throw invalid(scope, `'databaseName' must be 1 to 64 letters, digits or underscores, got '${databaseName}'`);
  }
  if (user !== undefined && !USER.test(user)) {
    throw invalid(
      scope,
      `'user' must be 1 to 32 lower-case letters, digits or underscores, beginning with a letter, got '${user}'`,
    );
  }
  if (!Token.isUnresolved(port) && (!Number.isInteger(port) || port < 1150 || port > 65_535)) {
    throw invalid(scope, `'port' must be a whole number, 1150 to 65535, which RDS allows, got ${port}`);
  }
  if (checks.length > MAX_CHECKS) {
    throw invalid(scope, `'checks' must be at most ${MAX_CHECKS}, got ${checks.length}; join them with AND`);
  }
  const names = checks.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw invalid(scope, `'checks' must have different names, got '${twice}' twice`);
  }
  const characters = JSON.stringify(specsOf(checks)).length;
  if (characters > MAX_CHECK_CHARACTERS) {
    throw invalid(
      scope,
      `'checks' must have at most ${MAX_CHECK_CHARACTERS} characters together, names and JSON included, got ${characters}; make a view in the database`,
    );
  }
}

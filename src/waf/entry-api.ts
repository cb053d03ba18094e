import { Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { PlatformFunction } from '../private/functions';
import type { PrefixBounds } from './entries';
import { EntryApiFunction } from './entry-api-function';
import { ENTRY_REQUEST, OPERATIONS, type Operation } from './entry-api-model';
import { EntryApiWebAcl } from './entry-api-web-acl';
import * as constants from './ip-constants';

export interface EntryApiProps {
  readonly table: dynamodb.TableV2;
  readonly neverBlock: readonly string[];
  readonly bounds: PrefixBounds;
  readonly encryptionKey: kms.IKey;
}

const STAGE = 'v1';

/** The API by which people allow and block addresses, behind a small web ACL of its own. */
export class EntryApi extends Construct {
  public readonly function: PlatformFunction;
  public readonly api: apigateway.RestApi;

  constructor(scope: Construct, id: string, props: EntryApiProps) {
    super(scope, id);
    this.function = this.defineFunction(props);
    this.api = this.defineApi(props.encryptionKey);
    this.defineMethods();
    new EntryApiWebAcl(this, 'WebAcl', { stage: this.api.deploymentStage, encryptionKey: props.encryptionKey });
  }

  /** ARNs of the calls that read, or of all. */
  public callArns(access: 'read' | 'operate'): string[] {
    return OPERATIONS.filter((operation) => access === 'operate' || operation.access === 'read').map(
      ({ method, path }) => this.api.arnForExecuteApi(method, path.replace(/{\w+}/g, '*'), STAGE),
    );
  }

  /** Stages with logs can only be made where API Gateway has a role to write them. */
  public logWith(role: Construct): void {
    this.api.deploymentStage.node.addDependency(role);
  }

  private defineFunction(props: EntryApiProps): PlatformFunction {
    const defined = new PlatformFunction(this, 'Handler', {
      code: EntryApiFunction,
      description: 'Puts, shows, explains and removes IP entries for people',
      encryptionKey: props.encryptionKey,
      timeout: Duration.seconds(20),
      environment: {
        [constants.ENTRY_TABLE_NAME_ENV]: props.table.tableName,
        [constants.NEVER_BLOCK_ENV]: Stack.of(this).toJsonString(props.neverBlock),
        [constants.PREFIX_BOUNDS_ENV]: Stack.of(this).toJsonString(props.bounds),
      },
      isEvidence: true,
    });
    defined.allow(
      ['dynamodb:BatchWriteItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:Scan'],
      [props.table.tableArn],
    );
    return defined;
  }

  private defineApi(encryptionKey: kms.IKey): apigateway.RestApi {
    const accessLog = new logs.LogGroup(this, 'AccessLog', {
      encryptionKey,
      retention: logs.RetentionDays.TWO_YEARS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const api = new apigateway.RestApi(this, 'Api', {
      restApiName: Names.uniqueResourceName(this, { maxLength: 100, separator: '-' }),
      description: 'Allows and blocks addresses by hand',
      endpointConfiguration: { types: [apigateway.EndpointType.REGIONAL] },
      cloudWatchRole: false,
      deployOptions: {
        stageName: STAGE,
        description: 'Manual IP entries',
        accessLogDestination: new apigateway.LogGroupLogDestination(accessLog),
        accessLogFormat: apigateway.AccessLogFormat.custom(ACCESS_LOG_FORMAT),
        loggingLevel: apigateway.MethodLoggingLevel.ERROR,
        metricsEnabled: true,
        throttlingRateLimit: 10,
        throttlingBurstLimit: 20,
      },
    });
    this.defineExecutionLog(api, encryptionKey);
    acknowledge(
      api.deploymentStage,
      'Answers tell what is blocked now; a cached one would lie',
      'NIST.800.53.R5-APIGWCacheEnabledAndEncrypted',
      'PCI.DSS.321-APIGWCacheEnabledAndEncrypted',
    );
    acknowledge(
      api.deploymentStage,
      'A client certificate proves API Gateway to an HTTP back end; this one is Lambda, called with IAM over TLS',
      'NIST.800.53.R5-APIGWSSLEnabled',
      'PCI.DSS.321-APIGWSSLEnabled',
    );
    return api;
  }

  /** API Gateway would make this group itself, without a key and without an end. */
  private defineExecutionLog(api: apigateway.RestApi, encryptionKey: kms.IKey): void {
    const executionLog = new logs.LogGroup(this, 'ExecutionLog', {
      logGroupName: `API-Gateway-Execution-Logs_${api.restApiId}/${STAGE}`,
      encryptionKey,
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    api.deploymentStage.node.addDependency(executionLog);
  }

  private defineMethods(): void {
    const integration = new apigateway.LambdaIntegration(this.function.function, { allowTestInvoke: false });
    const parameters = new apigateway.RequestValidator(this, 'Parameters', {
      restApi: this.api,
      validateRequestParameters: true,
    });
    const everything = new apigateway.RequestValidator(this, 'ParametersAndBody', {
      restApi: this.api,
      validateRequestParameters: true,
      validateRequestBody: true,
    });
    const model = this.defineModel();
    for (const operation of OPERATIONS) {
      const method = this.api.root.resourceForPath(operation.path).addMethod(operation.method, integration, {
        authorizationType: apigateway.AuthorizationType.IAM,
        operationName: operation.id,
        requestParameters: queryOf(operation),
        requestValidator: operation.hasBody ? everything : parameters,
        requestModels: operation.hasBody ? { 'application/json': model } : undefined,
      });
      acknowledge(
        method,
        'Callers are operators with IAM credentials; a user pool would be a second place to take access away from',
        'AwsSolutions-COG4',
      );
    }
  }

  private defineModel(): apigateway.Model {
    return new apigateway.Model(this, 'EntryModel', {
      restApi: this.api,
      description: 'What a manual entry says',
      schema: { schema: apigateway.JsonSchemaVersion.DRAFT4, ...ENTRY_REQUEST } as unknown as apigateway.JsonSchema,
    });
  }
}

function queryOf({ query }: Operation): Record<string, boolean> {
  return Object.fromEntries(query.map(({ name, required }) => [`method.request.querystring.${name}`, required]));
}

/** Who called what, from where, and how it ended. */
const ACCESS_LOG_FORMAT = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  caller: '$context.identity.userArn',
  sourceIp: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  error: '$context.error.message',
  waf: '$context.waf.status',
});

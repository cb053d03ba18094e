import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3_assets from 'aws-cdk-lib/aws-s3-assets';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import {
  type MachineDescription,
  type MachineFile,
  renderEnvironment,
  renderMachine,
  renderUserData,
  USER_DATA_LIMIT_BYTES,
} from '../machine';
import { invalid } from '../private/errors';
import { LAUNCH_HOOK, METRIC_NAMESPACE, TERMINATE_HOOK } from './constants';
import { imageVariable, logGroupVariable, secretVariable } from './machine-description';
import type { PulledImage, ServiceDefinition } from './service-definition';

export interface MachineFilesProps {
  readonly description: MachineDescription;
  readonly services: readonly ServiceDefinition[];
  /** By service. */
  readonly images: ReadonlyMap<string, PulledImage>;
  /** Where a job takes its lease. @default - no service has jobs */
  readonly leases?: dynamodb.ITableV2;
  readonly encryptionKey: kms.IKey;
}

/** Bytes that a value known only at deployment is taken for; ARNs of secrets are the longest. */
const BYTES_PER_TOKEN = 128;

/** What a machine is made of: files without tokens in one asset, and user data that carries the rest. */
export class MachineFiles extends Construct {
  public readonly asset: s3_assets.Asset;
  /** What the machine itself writes: NGINX, agents, system. */
  public readonly machineLogs: logs.LogGroup;
  /** What the containers print, by service. */
  public readonly serviceLogs: ReadonlyMap<string, logs.LogGroup>;
  public readonly userData: ec2.UserData;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MachineFilesProps,
  ) {
    super(scope, id);
    this.machineLogs = this.defineLogGroup('Logs', logs.RetentionDays.THREE_MONTHS);
    this.serviceLogs = new Map(
      props.services.map(({ name, logRetention }) => [name, this.defineLogGroup(`${name}Logs`, logRetention)]),
    );
    this.asset = this.defineAsset(renderMachine(props.description));
    this.userData = ec2.UserData.custom(
      renderUserData({
        environmentFiles: [
          this.machineEnvironment(),
          ...props.services.map(({ name, environment }) => renderEnvironment(name, environment)),
        ],
        assetBucket: this.asset.s3BucketName,
        assetKey: this.asset.s3ObjectKey,
        region: Stack.of(this).region,
      }),
    );
    this.validateUserData();
  }

  private defineLogGroup(id: string, retention: logs.RetentionDays): logs.LogGroup {
    return new logs.LogGroup(this, id, {
      encryptionKey: this.props.encryptionKey,
      retention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /** The folder's name is random and its contents are not; the asset, and with it the template, knows the contents only. */
  private defineAsset(files: readonly MachineFile[]): s3_assets.Asset {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'machine-'));
    for (const file of files) {
      const target = path.join(folder, file.path);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, file.content);
      fs.chmodSync(target, Number.parseInt(file.mode, 8));
    }
    const asset = new s3_assets.Asset(this, 'Bundle', { path: folder });
    // Without staging the CLI reads the folder itself, later.
    if (!this.node.tryGetContext(cxapi.DISABLE_ASSET_STAGING_CONTEXT)) {
      fs.rmSync(folder, { recursive: true });
    }
    return asset;
  }

  /** What the machine's own programs read: addresses and names that only a deployment knows, no secrets. */
  private machineEnvironment(): MachineFile {
    const { services, images, leases } = this.props;
    return renderEnvironment('machine', {
      AWS_REGION: Stack.of(this).region,
      LAUNCH_HOOK,
      TERMINATE_HOOK,
      METRIC_NAMESPACE,
      LOG_GROUP: this.machineLogs.logGroupName,
      ...(leases && { LEASE_TABLE: leases.tableName }),
      ...Object.fromEntries(
        services.flatMap(({ name, secrets }) => [
          [imageVariable(name), images.get(name)?.address],
          [logGroupVariable(name), this.serviceLogs.get(name)?.logGroupName],
          ...Object.entries(secrets).map(([variable, secret]) => [secretVariable(name, variable), secret._arn]),
        ]),
      ),
    });
  }

  private validateUserData(): void {
    const bytes = sizeOf(Stack.of(this).resolve(this.userData.render()));
    if (bytes > USER_DATA_LIMIT_BYTES) {
      throw invalid(
        this,
        `user data must be at most ${USER_DATA_LIMIT_BYTES} bytes, got about ${bytes}; shorten 'environment', or keep its values in one secret`,
      );
    }
  }
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') {
    return Buffer.byteLength(value);
  }
  const [, parts] = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'] ?? [];
  return parts === undefined ? BYTES_PER_TOKEN : parts.map(sizeOf).reduce((sum, bytes) => sum + bytes, 0);
}

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3_assets from 'aws-cdk-lib/aws-s3-assets';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import {
  type MachineDescription,
  type MachineFile,
  renderMachine,
  renderUserData,
  USER_DATA_LIMIT_BYTES,
} from '../machine';
import { invalid } from '../private/errors';
import { imageVariable, secretVariable } from './machine-description';
import type { ServiceDefinition } from './service-definition';

export interface MachineFilesProps {
  readonly description: MachineDescription;
  readonly services: readonly ServiceDefinition[];
  readonly encryptionKey: kms.IKey;
}

/** Bytes that a value known only at deployment is taken for; ARNs of secrets are the longest. */
const BYTES_PER_TOKEN = 128;

/** What a machine is made of: files without tokens in one asset, and user data that carries the rest. */
export class MachineFiles extends Construct {
  public readonly asset: s3_assets.Asset;
  public readonly logGroup: logs.LogGroup;
  public readonly userData: ec2.UserData;

  constructor(scope: Construct, id: string, props: MachineFilesProps) {
    super(scope, id);
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      encryptionKey: props.encryptionKey,
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.asset = this.defineAsset(renderMachine(props.description));
    this.userData = ec2.UserData.custom(
      renderUserData({
        environmentFiles: this.environmentFiles(props.services),
        assetBucket: this.asset.s3BucketName,
        assetKey: this.asset.s3ObjectKey,
        region: Stack.of(this).region,
      }),
    );
    this.validateUserData();
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

  private environmentFiles(services: readonly ServiceDefinition[]): MachineFile[] {
    return [];
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

import * as fs from 'node:fs';
import * as path from 'node:path';
import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { App, Aspects, CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { chargingPlatform } from '../integ/charging-platform.integ';
import { DisposableStage } from '../integ/disposable-stage';
import { addRulePacks, STRICT } from '../integ/synth-when-called';
import { CdkCli, type CliResult } from './cdk-cli';
import { Emulator, type EmulatorOptions } from './emulator/launcher';

export type Platform = ReturnType<typeof chargingPlatform>;

export interface LocalPlatformOptions extends EmulatorOptions {
  /** Whether nothing of it is kept when it is destroyed. */
  readonly disposable: boolean;
}

/** The example app, synthesised and deployed to an emulator of its own. */
export class LocalPlatform {
  /** Checks every template by the strict rules and the three packs; a finding is an error that names it. */
  public static synthesise(folder: string, disposable: boolean): Platform {
    const app = new App({ outdir: path.join(folder, 'cdk.out'), context: STRICT });
    const platform = chargingPlatform(app);
    if (disposable) {
      Aspects.of(app).add(new DisposableStage());
    }
    addRulePacks(app);
    app.synth();
    return platform;
  }

  public static async start(options: LocalPlatformOptions): Promise<LocalPlatform> {
    const platform = LocalPlatform.synthesise(options.folder, options.disposable);
    return new LocalPlatform(platform, await Emulator.start(options));
  }

  public readonly cli: CdkCli;

  constructor(
    public readonly platform: Platform,
    public readonly emulator: Emulator,
  ) {
    this.cli = new CdkCli(emulator, path.join(emulator.folder, 'cdk.out'));
  }

  /** Names of the stacks by region, which are bootstrapped. */
  public get regions(): string[] {
    return [...new Set(Object.values(this.platform).map((stack) => stack.region))];
  }

  public async bootstrap(): Promise<void> {
    demandSuccess('cdk bootstrap', await this.cli.bootstrap(...this.regions));
  }

  public async deploy(): Promise<void> {
    demandSuccess('cdk deploy', await this.cli.deploy());
  }

  public async destroy(): Promise<void> {
    demandSuccess('cdk destroy', await this.cli.destroy());
  }

  /** Physical id of a construct's resource in the deployed stack. */
  public async physicalId(construct: IConstruct): Promise<string> {
    const stack = Stack.of(construct);
    const resource = CfnResource.isCfnResource(construct) ? construct : (construct.node.defaultChild as CfnResource);
    const client = new CloudFormationClient(this.emulator.clientConfig(stack.region));
    const { StackResourceDetail } = await client.send(
      new DescribeStackResourceCommand({
        StackName: stack.stackName,
        LogicalResourceId: stack.getLogicalId(resource),
      }),
    );
    return StackResourceDetail?.PhysicalResourceId as string;
  }

  /** Physical id of the only resource of a type below a construct. */
  public async physicalIdOf(construct: IConstruct, type: string): Promise<string> {
    const found = construct.node
      .findAll()
      .filter((child) => CfnResource.isCfnResource(child) && child.cfnResourceType === type);
    if (found.length !== 1) {
      throw new Error(`${construct.node.path} has ${found.length} resources of the type ${type}, not one`);
    }
    return this.physicalId(found[0]);
  }

  /** Removes what the CLI and the emulator wrote. */
  public async stop(): Promise<void> {
    await this.emulator.stop();
    fs.rmSync(this.emulator.folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

export function demandSuccess(command: string, { code, output }: CliResult): void {
  if (code !== 0) {
    throw new Error(`${command} ended with ${code}:\n${output.slice(-4000)}`);
  }
}

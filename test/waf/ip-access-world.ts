import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  CreateIPSetCommand,
  DeleteIPSetCommand,
  GetIPSetCommand,
  type Scope,
  UpdateIPSetCommand,
  WAFV2Client,
} from '@aws-sdk/client-wafv2';
import type { EntryList } from '../../src/waf/entries';
import { Moto } from './entries-moto';
import { FaultProxy } from './fault-proxy';

interface Target {
  readonly name: string;
  readonly id: string;
  readonly scope: Scope;
  readonly list: EntryList;
  readonly family: 4 | 6;
}

/** Everything that the functions of IP access talk to: a table, the eight sets of two web ACLs, a topic; faults on demand. */
export class IpAccessWorld {
  public static async create(neverBlock: string[] = []): Promise<IpAccessWorld> {
    const moto = await Moto.start();
    const world = new IpAccessWorld(moto, await FaultProxy.before(moto.config.endpoint));
    await world.build(neverBlock);
    return world;
  }

  public readonly targets: Target[] = [];
  public readonly table = 'entries';

  private constructor(
    public readonly moto: Moto,
    /** Between the functions and moto; what the test itself does, goes past it. */
    public readonly proxy: FaultProxy,
  ) {}

  public async addresses(scope: Scope, list: EntryList, family: 4 | 6): Promise<string[]> {
    const target = this.target(scope, list, family);
    return (await this.waf(scope).send(new GetIPSetCommand(this.keyOf(target)))).IPSet?.Addresses ?? [];
  }

  /** Changes a set as somebody else would. */
  public async overwrite(scope: Scope, list: EntryList, family: 4 | 6, addresses: string[]): Promise<void> {
    const key = this.keyOf(this.target(scope, list, family));
    const { LockToken } = await this.waf(scope).send(new GetIPSetCommand(key));
    await this.waf(scope).send(new UpdateIPSetCommand({ ...key, LockToken, Addresses: addresses }));
  }

  public async deleteSet(scope: Scope, list: EntryList, family: 4 | 6): Promise<void> {
    const key = this.keyOf(this.target(scope, list, family));
    const { LockToken } = await this.waf(scope).send(new GetIPSetCommand(key));
    await this.waf(scope).send(new DeleteIPSetCommand({ ...key, LockToken }));
  }

  public async stop(): Promise<void> {
    await this.proxy.stop();
    await this.moto.stop();
  }

  public async createSet(scope: Scope, list: EntryList, family: 4 | 6): Promise<void> {
    const name = `${scope}-${list}-${family}`;
    const { Summary } = await this.waf(scope).send(
      new CreateIPSetCommand({ Name: name, Scope: scope, IPAddressVersion: `IPV${family}`, Addresses: [] }),
    );
    const target = { name, id: Summary?.Id as string, scope, list, family };
    const at = this.targets.findIndex((one) => one.name === name);
    this.targets.splice(at < 0 ? this.targets.length : at, at < 0 ? 0 : 1, target);
    process.env.IP_SETS = JSON.stringify(this.targets);
  }

  private async build(neverBlock: string[]): Promise<void> {
    for (const scope of ['REGIONAL', 'CLOUDFRONT'] as const) {
      for (const list of ['ALLOW', 'BLOCK'] as const) {
        await this.createSet(scope, list, 4);
        await this.createSet(scope, list, 6);
      }
    }
    const { TopicArn } = await new SNSClient(this.moto.config).send(new CreateTopicCommand({ Name: 'changes' }));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: this.proxy.endpoint,
      AWS_REGION: this.moto.config.region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      ENTRY_TABLE_NAME: await this.moto.newTable(this.table),
      NEVER_BLOCK: JSON.stringify(neverBlock),
      PREFIX_BOUNDS: '{"ipv4":8,"ipv6":16}',
      DRY_RUN: 'false',
      CHANGE_TOPIC_ARN: TopicArn,
      IP_ACCESS_NAME: 'Test',
    });
  }

  private target(scope: Scope, list: EntryList, family: 4 | 6): Target {
    return this.targets.find((t) => t.scope === scope && t.list === list && t.family === family) as Target;
  }

  private keyOf({ name, id, scope }: Target) {
    return { Name: name, Id: id, Scope: scope };
  }

  private waf(scope: Scope): WAFV2Client {
    return new WAFV2Client({
      ...this.moto.config,
      region: scope === 'CLOUDFRONT' ? 'us-east-1' : this.moto.config.region,
    });
  }
}

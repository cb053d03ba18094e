import { App, CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import * as backup from '../../src/backup';
import * as database from '../../src/database';
import * as dns from '../../src/dns';
import * as edge from '../../src/edge';
import * as fleet from '../../src/fleet';
import * as mail from '../../src/mail';
import * as monitoring from '../../src/monitoring';
import * as network from '../../src/network';
import * as sftp from '../../src/sftp';
import * as waf from '../../src/waf';

// biome-ignore lint/suspicious/noExplicitAny: templates are free JSON
type Json = any;

const ROOMS = { backup, database, dns, edge, fleet, mail, monitoring, network, sftp, waf };

export type Room = keyof typeof ROOMS | 'app';

/** A resource as it stands in a template, and where it comes from. */
export interface Item {
  /** `<stack>/<logical id>`. */
  readonly key: string;
  readonly type: string;
  readonly properties: Json;
  readonly region: string;
  /** Path in the construct tree. */
  readonly path: string;
  /** Room of the construct that defines it; `app` where the example app does so itself. */
  readonly room: Room;
  /** Path of that construct, and its class; empty where there is none. */
  readonly owner: string;
  readonly ownerClass: string;
  /** Keys of the resources that its properties refer to, in other stacks too. */
  readonly references: ReadonlySet<string>;
}

/** Every resource of an app, read from its synthesised templates. */
export class Inventory {
  public static of<T>(define: (app: App) => T): Inventory & { readonly app: T } {
    const app = new App();
    const stacks = define(app);
    return Object.assign(new Inventory(app), { app: stacks });
  }

  public readonly items: readonly Item[];
  private readonly byKey: ReadonlyMap<string, Item>;

  constructor(app: App) {
    const assembly = app.synth();
    const templates = new Map<string, Json>(assembly.stacks.map(({ stackName, template }) => [stackName, template]));
    this.items = app.node.children.filter(Stack.isStack).flatMap((stack) =>
      stack.node
        .findAll()
        .filter(CfnResource.isCfnResource)
        // An empty policy is left out of its template.
        .filter((resource) => stack.resolve(resource.logicalId) in templates.get(stack.stackName).Resources)
        .map((resource) => itemOf(stack, resource, templates)),
    );
    this.byKey = new Map(this.items.map((item) => [item.key, item]));
  }

  public ofType(...types: string[]): Item[] {
    return this.items.filter(({ type }) => types.includes(type));
  }

  /** The only resource of a type whose path begins with `path`; more or none is an error, so that a picture cannot lie. */
  public one(type: string, path: string): Item {
    const found = this.ofType(type).filter((item) => item.path.startsWith(path));
    if (found.length !== 1) {
      throw new Error(`${path} has ${found.length} resources of the type ${type}, not one`);
    }
    return found[0];
  }

  public get(key: string): Item {
    return this.byKey.get(key) as Item;
  }

  /** How many references lead from one resource to another, in whichever direction they point; past what all resources share. */
  public distance(from: Item, to: Item): number {
    const neighbours = this.neighbours();
    let frontier = [from.key];
    const seen = new Set(frontier);
    for (let steps = 0; frontier.length > 0; steps++) {
      if (frontier.includes(to.key)) {
        return steps;
      }
      frontier = frontier
        .flatMap((key) => [...(neighbours.get(key) ?? [])])
        .filter((key) => !seen.has(key) && seen.add(key))
        .filter((key) => key === to.key || !SHARED.includes(this.get(key).type));
    }
    return Number.POSITIVE_INFINITY;
  }

  private neighbours(): Map<string, Set<string>> {
    const neighbours = new Map<string, Set<string>>(this.items.map(({ key }) => [key, new Set<string>()]));
    for (const { key, references } of this.items) {
      for (const other of references) {
        neighbours.get(key)?.add(other);
        neighbours.get(other)?.add(key);
      }
    }
    return neighbours;
  }
}

/** What nearly everything refers to says nothing about who talks to whom. */
const SHARED = ['AWS::KMS::Key', 'AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::SNS::Topic'];

function itemOf(stack: Stack, resource: CfnResource, templates: Map<string, Json>): Item {
  // Some ids are known only when the template is: that of an API's deployment holds a hash.
  const logicalId: string = stack.resolve(resource.logicalId);
  const { Type, Properties = {} } = templates.get(stack.stackName).Resources[logicalId];
  const owner = [...resource.node.scopes].reverse().find((scope) => roomOf(scope) !== 'app');
  return {
    key: `${stack.stackName}/${logicalId}`,
    type: Type,
    properties: Properties,
    region: stack.region,
    path: resource.node.path,
    room: owner ? roomOf(owner) : 'app',
    owner: owner?.node.path ?? '',
    ownerClass: owner?.constructor.name ?? '',
    references: new Set(referencesIn(Properties, stack.stackName, templates)),
  };
}

function roomOf(construct: IConstruct): Room {
  const [room = 'app'] = (Object.keys(ROOMS) as (keyof typeof ROOMS)[]).filter((name) =>
    (Object.values(ROOMS[name]) as unknown[]).includes(construct.constructor),
  );
  return room;
}

function referencesIn(value: Json, stack: string, templates: Map<string, Json>): string[] {
  if (value === null || typeof value !== 'object') {
    return [];
  }
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::GetStackOutput': output } = value;
  if (output) {
    const { Outputs } = templates.get(output.StackName);
    return referencesIn(Outputs[output.OutputName].Value, output.StackName, templates);
  }
  const [logicalId] = [attribute ?? Ref ?? []].flat();
  return templates.get(stack).Resources[logicalId]
    ? [`${stack}/${logicalId}`]
    : Object.values(value).flatMap((child) => referencesIn(child, stack, templates));
}

import type { App } from 'aws-cdk-lib';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import type { Inventory, Item } from '../../support/inventory';

export interface RoomFacts {
  readonly room: string;
  readonly constructs: {
    readonly name: string;
    readonly path: string;
    readonly region: string;
    readonly resources: number;
  }[];
  readonly resources: number;
}

export interface PackFacts {
  readonly name: string;
  readonly findings: string[];
  readonly acknowledged: number;
}

export interface AlarmFacts {
  readonly severity: string;
  readonly says: string;
  readonly region: string;
  readonly room: string;
  readonly runbook: string;
}

/** What was deployed, by room and construct. */
export function roomsOf({ items }: Inventory): RoomFacts[] {
  return group(items, ({ room }) => room)
    .map(([room, ofRoom]) => ({
      room,
      resources: ofRoom.length,
      constructs: group(ofRoom, ({ owner }) => owner).map(([owner, ofOwner]) => ({
        name: ofOwner[0].ownerClass || 'the app itself',
        path: owner,
        region: ofOwner[0].region,
        resources: ofOwner.length,
      })),
    }))
    .sort((a, b) => b.resources - a.resources);
}

/** What each rule pack finds now, and how many of its findings were acknowledged, each with a reason beside its resource. */
export function packsOf(app: App): PackFacts[] {
  const acknowledged = app.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.keys(data))
    .map((id) => id.replace(/^Annotation::/, ''));
  const packs = [
    { name: 'AwsSolutions', prefix: 'AwsSolutions-', pack: new AwsSolutionsChecks(app) },
    { name: 'NIST 800-53 R5', prefix: 'NIST.800.53.R5-', pack: new NIST80053R5Checks(app) },
    { name: 'PCI DSS 3.2.1', prefix: 'PCI.DSS.321-', pack: new PCIDSS321Checks(app) },
  ];
  return packs.map(({ name, prefix, pack }) => ({
    name,
    findings: pack.validateScope(app).violations.map(({ ruleName }) => ruleName),
    acknowledged: acknowledged.filter((id) => id.startsWith(prefix)).length,
  }));
}

/** Alarms that speak to people say who must hurry, what is wrong and where to read on: `[HIGH] Something. https://…#key`. */
export function alarmsOf(inventory: Inventory): AlarmFacts[] {
  return inventory
    .ofType('AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm')
    .flatMap(({ properties, region, room }) => {
      const [, severity, says, runbook] = /^\[(\w+)\] (.+?) https:\S*(#\S+)$/.exec(properties.AlarmDescription) ?? [];
      return severity === undefined ? [] : [{ severity, says, region, room, runbook }];
    })
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.room < b.room ? -1 : 1));
}

const SEVERITIES = ['HIGH', 'MEDIUM', 'LOW'];

function group(items: readonly Item[], by: (item: Item) => string): [string, Item[]][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    groups.set(by(item), [...(groups.get(by(item)) ?? []), item]);
  }
  return [...groups];
}

import * as fs from 'node:fs';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';

interface Property {
  readonly causesReplacement?: 'yes' | 'no' | 'maybe';
}
interface Database {
  readonly schema: {
    readonly resource: {
      readonly entities: { readonly cloudFormationType: string; readonly properties: Record<string, Property> }[];
    };
  };
}

/** CloudFormation's own types, as the CDK CLI carries them to mark replacements in `cdk diff`. */
const DATABASE = path.join(__dirname, '..', '..', 'node_modules', 'aws-cdk', 'db.json.gz');

let known: Map<string, string[]> | undefined;

/** Names of the properties of a type whose change replaces a resource, always or under some condition. */
export function replacingProperties(type: string): string[] {
  known ??= new Map(
    (JSON.parse(gunzipSync(fs.readFileSync(DATABASE)).toString()) as Database).schema.resource.entities.map(
      ({ cloudFormationType, properties }) => [
        cloudFormationType,
        Object.entries(properties)
          .filter(([, { causesReplacement }]) => causesReplacement === 'yes' || causesReplacement === 'maybe')
          .map(([name]) => name),
      ],
    ),
  );
  const names = known.get(type);
  if (names === undefined) {
    throw new Error(`the CDK CLI does not know ${type}`);
  }
  return names;
}

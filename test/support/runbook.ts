import { App } from 'aws-cdk-lib';

// biome-ignore lint/suspicious/noExplicitAny: templates are free JSON
type Json = any;

/** What an app tells operators about: an alarm, a rule for events, or a topic of others. */
export interface Told {
  /** `Stack/LogicalId`. */
  readonly where: string;
  /** Key of the runbook's entry; `undefined` for an alarm that does not say what to do. */
  readonly runbook?: string;
}

/** Everything that operators are told of by what `define` puts into an app. */
export function toldBy(define: (app: App) => void): Told[] {
  const app = new App();
  define(app);
  return app
    .synth()
    .stacks.flatMap(({ stackName, template }) =>
      Object.entries<Json>(template.Resources).flatMap(([id, { Type, Properties }]) =>
        keysOf(Type, Properties).map((runbook) => ({ where: `${stackName}/${id}`, runbook })),
      ),
    );
}

/** Anchors of the entries below the sections of a runbook, as GitHub makes them of `### Headings`. */
export function entriesOf(markdown: string): string[] {
  return [...markdown.matchAll(/^### (.+)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replace(/ /g, '-'),
  );
}

function keysOf(type: string, properties: Json): (string | undefined)[] {
  switch (type) {
    case 'AWS::CloudWatch::Alarm':
      return [/#([a-z0-9-]+)$/.exec(textOf(properties.AlarmDescription))?.[1]];
    case 'AWS::Events::Rule':
      return (properties.Targets ?? []).flatMap((target: Json) =>
        linksIn(textOf(target.InputTransformer?.InputTemplate)),
      );
    case 'AWS::Lambda::Function':
      return linksIn(textOf(properties.Environment?.Variables?.TOPICS));
    default:
      return [];
  }
}

function linksIn(text: string): string[] {
  return [...text.matchAll(/"runbook":"[^"#]*#([a-z0-9-]+)"/g)].map(([, key]) => key);
}

/** Text of a property, references left out. */
function textOf(value: Json): string {
  if (value?.['Fn::Join']) {
    return value['Fn::Join'][1].map((part: Json) => (typeof part === 'string' ? part : '')).join('');
  }
  return typeof value === 'string' ? value : '';
}

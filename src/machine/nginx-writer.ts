import { plainText } from './hostile';

/** A line of an NGINX configuration. Arguments may use NGINX's variables; values of users come through `literal()`. */
export interface Directive {
  readonly name: string;
  readonly args: readonly (string | number | Literal)[];
  /** Directives in braces, if it has them. */
  readonly children?: readonly Directive[];
  /** Stands above the line. */
  readonly comment?: string;
}

/** A value that means itself. */
export class Literal {
  constructor(public readonly value: string) {}
}

export function directive(name: string, ...args: (string | number | Literal)[]): Directive {
  return { name, args };
}

export function block(name: string, args: readonly (string | number | Literal)[], children: Directive[]): Directive {
  return { name, args, children };
}

export function commented(comment: string, line: Directive): Directive {
  return { ...line, comment };
}

/** A value of a user, for NGINX to take as it stands. NGINX has no way to write a dollar sign that begins no variable. */
export function literal(prop: string, value: string): Literal {
  if (plainText(prop, value).includes('$')) {
    throw new Error(`'${prop}' must not hold '$', which NGINX would take for a variable, got ${JSON.stringify(value)}`);
  }
  return new Literal(value);
}

/** The configuration as NGINX reads it. This is the only place that quotes. */
export function writeNginx(lines: readonly Directive[], indent = ''): string {
  return lines.map((line) => write(line, indent)).join('');
}

function write({ name, args, children, comment }: Directive, indent: string): string {
  const head = `${indent}${[name, ...args.map(quote)].join(' ')}`;
  const above = comment === undefined ? '' : `${indent}# ${plainText(name, comment)}\n`;
  return children === undefined
    ? `${above}${head};\n`
    : `${above}${head} {\n${writeNginx(children, `${indent}    `)}${indent}}\n`;
}

/** What stands without quotes: neither blanks, quotes, `;`, `{`, `}` nor a leading `#`. */
const BARE = /^[\w.:/$@~*=+,%^()|?<>[\]!-]+$/;

function quote(arg: string | number | Literal): string {
  const text = arg instanceof Literal ? arg.value : String(arg);
  if (BARE.test(text)) {
    return text;
  }
  const mark = text.includes('"') ? "'" : '"';
  return `${mark}${text.replaceAll('\\', '\\\\').replaceAll(mark, `\\${mark}`)}${mark}`;
}

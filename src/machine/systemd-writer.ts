import { plainText } from './hostile';

/** A unit of systemd: sections with settings, in order. A setting that is a list stands once per item. */
export interface Unit {
  readonly [section: string]: { readonly [setting: string]: string | number | readonly string[] };
}

/** The unit as systemd reads it. */
export function writeUnit(unit: Unit): string {
  return Object.entries(unit)
    .map(([section, settings]) => `[${section}]\n${Object.entries(settings).flatMap(lines).join('\n')}\n`)
    .join('\n');
}

/** A value of a user, for systemd to take as it stands: `%` begins a specifier, and a backslash at the end goes on with the next line. */
export function unitText(prop: string, value: string): string {
  if (plainText(prop, value).endsWith('\\')) {
    throw new Error(`'${prop}' must not end in a backslash, got ${JSON.stringify(value)}`);
  }
  return value.replaceAll('%', '%%');
}

function lines([setting, value]: [string, string | number | readonly string[]]): string[] {
  return [value].flat().map((item) => `${setting}=${plainText(setting, String(item))}`);
}

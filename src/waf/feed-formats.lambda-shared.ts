import type { FeedSettings } from './feed-settings';

/** What stands where an address should; `undefined` if nothing that could be one does. */
type Word = string | undefined;
type Json = Record<string, unknown>;

/** An address or CIDR first, nothing if the line has none; what follows a blank, `#` or `;` is comment. */
export function wordOfLine(text: string): string {
  let start = 0;
  while (start < text.length && isBlank(text.charCodeAt(start))) {
    start++;
  }
  let end = start;
  while (end < text.length && !isBlank(text.charCodeAt(end)) && text[end] !== '#' && text[end] !== ';') {
    end++;
  }
  return text.slice(start, end);
}

/** Control characters and the no-break space among them. */
function isBlank(code: number): boolean {
  return code <= 32 || code === 160 || code === 0xfeff;
}

/** One object a line. An object without the member is the list's own metadata. */
export function wordsOfJsonLine(text: string, field = ''): Word[] {
  if (text.trim() === '') {
    return [];
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [undefined];
  }
  return isObject(value) && !(field in value) ? [] : [wordOf(value, field)];
}

/** The addresses of a whole document; one that is built otherwise is an error, not an empty list. */
export function wordsOfDocument(
  document: unknown,
  { format, pointer = '', field, services = [] }: Pick<FeedSettings, 'format' | 'pointer' | 'field' | 'services'>,
): Word[] {
  return format === 'AWS_IP_RANGES'
    ? [
        ...prefixesOf(document, '/prefixes', services).map((prefix) => wordOf(prefix, 'ip_prefix')),
        ...prefixesOf(document, '/ipv6_prefixes', services).map((prefix) => wordOf(prefix, 'ipv6_prefix')),
      ]
    : arrayAt(document, pointer).map((element) => wordOf(element, field));
}

function prefixesOf(document: unknown, pointer: string, services: readonly string[]): unknown[] {
  return arrayAt(document, pointer).filter((prefix) => services.includes((prefix as Json)?.service as string));
}

/** @see https://www.rfc-editor.org/rfc/rfc6901 */
function arrayAt(document: unknown, pointer: string): unknown[] {
  let value = document;
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  if (!Array.isArray(value)) {
    throw new Error(`the document has no array at '${pointer}'`);
  }
  return value;
}

function wordOf(value: unknown, field: string | undefined): Word {
  const word = field === undefined ? value : isObject(value) ? value[field] : undefined;
  return typeof word === 'string' ? word : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

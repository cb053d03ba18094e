/**
 * What somebody outside this room wrote, on its way into a file. Control characters end a line or a string in every format and have no use
 * in any of them, so they are refused here; what else must not stand somewhere is refused by the writer of that format.
 */
export function plainText(prop: string, value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f]/.test(value)) {
    throw new Error(`'${prop}' must not hold line breaks or other control characters, got ${JSON.stringify(value)}`);
  }
  return value;
}

/** As `plainText`, of a shape that needs no quotes anywhere. */
export function matching(prop: string, value: string, shape: RegExp, rule: string): string {
  if (!shape.test(plainText(prop, value))) {
    throw new Error(`'${prop}' must be ${rule}, got ${JSON.stringify(value)}`);
  }
  return value;
}

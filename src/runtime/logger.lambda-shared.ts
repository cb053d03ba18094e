type Fields = Record<string, string | number | boolean | undefined>;

/** One JSON line per event. Fields are names and counts: never whole events, headers or secrets. */
export const log = {
  info: (message: string, fields: Fields = {}) => write('INFO', message, fields),
  warn: (message: string, fields: Fields = {}) => write('WARN', message, fields),
  error: (message: string, error: unknown, fields: Fields = {}) =>
    write('ERROR', message, {
      ...fields,
      error: error instanceof Error ? error.name : typeof error,
      reason: reasonOf(error),
    }),
};

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function write(level: string, message: string, fields: Fields): void {
  process.stdout.write(`${JSON.stringify({ level, message, ...fields })}\n`);
}

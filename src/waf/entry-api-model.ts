/** Ten years: an entry without an end is one that nobody remembers. */
export const LONGEST_ENTRY_HOURS = 87_600;
/** One line without control characters and without what could be markup where people read it. */
export const REASON_PATTERN = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029<>]{3,200}$';

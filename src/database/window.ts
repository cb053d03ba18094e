/** A stretch of the day, in minutes UTC; it may run past midnight. */
export interface Window {
  readonly text: string;
  readonly start: number;
  readonly length: number;
}

export const DAY = 24 * 60;

/** Whether two stretches of the day have a minute in common. */
export function meet(a: Window, b: Window): boolean {
  return modulo(b.start - a.start, DAY) < a.length || modulo(a.start - b.start, DAY) < b.length;
}

export function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

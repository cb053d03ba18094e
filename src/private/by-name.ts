/** A map in the order of its names: other languages pass maps in an order of their own, and templates must not depend on it. */
export function byName<T>(map: { readonly [name: string]: T } = {}): { [name: string]: T } {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whose 03:00 it is. */
export enum SpanishTimeZone {
  /** Peninsula, Balearic Islands, Ceuta and Melilla: Europe/Madrid. */
  PENINSULA = 'Europe/Madrid',
  /** Canary Islands, an hour behind: Atlantic/Canary. */
  CANARY_ISLANDS = 'Atlantic/Canary',
}

/** What the parent asks of charge points: to connect and boot, to send a heartbeat each, or to say how they are. */
export type Order =
  | {
      readonly do: 'connect';
      readonly endpoint: string;
      readonly first: number;
      readonly count: number;
      readonly reconnect: boolean;
    }
  | { readonly do: 'heartbeat' }
  | { readonly do: 'report' };

export interface Booted {
  readonly accepted: number;
  readonly problems: string[];
  /** From call to answer, in milliseconds. */
  readonly milliseconds: number[];
}

export interface Report {
  /** Sockets that are open now. */
  readonly open: number;
  /** Sockets that have ended: whose, when by the clock in milliseconds, and with which code. */
  readonly ends: { readonly identity: string; readonly at: number; readonly code: number }[];
  /** Accepted boots after a socket had ended. */
  readonly bootedAgain: number;
}

export interface Clients {
  /** Sockets by protocol. */
  readonly [protocol: string]: number;
}

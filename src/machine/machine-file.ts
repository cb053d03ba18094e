/** A file of a machine. */
export interface MachineFile {
  /** Absolute path on the machine. */
  readonly path: string;
  /** Permissions in octal: `0644`. */
  readonly mode: string;
  readonly content: string;
}

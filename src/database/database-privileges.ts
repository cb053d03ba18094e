import type { Privileges } from './constants';

/** What a user may do in the database of the server, and nowhere else. */
export class DatabasePrivileges {
  /** Read tables and views. */
  public static readOnly(): DatabasePrivileges {
    return new DatabasePrivileges('readOnly');
  }

  /** Read and change rows, and run procedures. */
  public static readWrite(): DatabasePrivileges {
    return new DatabasePrivileges('readWrite');
  }

  /** Read and change rows, and change tables, views, procedures, triggers and events: for migrations. */
  public static schemaChanges(): DatabasePrivileges {
    return new DatabasePrivileges('schemaChanges');
  }

  private constructor(
    /** @internal */
    public readonly _name: Privileges,
  ) {}
}

/** What a user may do with the files of the home directory. */
export enum SftpPermission {
  /** List and download. */
  READ = 'READ',
  /** List, upload, rename and delete, but not download. */
  WRITE = 'WRITE',
  /** All of it. */
  READ_WRITE = 'READ_WRITE',
}

/** How a user of the file storage is defined. */
export interface SftpUserOptions {
  /**
   * SSH public keys of the user, 1 to 10: Ed25519, RSA of 2048 to 4096 bits, or ECDSA. To rotate a key give the new one
   * beside the old, deploy, let the user change over, and take the old one out.
   */
  readonly publicKeys: string[];
  /**
   * Path inside the bucket that the user sees as `/`, and nothing above or beside it; at most 300 characters.
   * @default - the user's name
   */
  readonly homePrefix?: string;
  /**
   * What the user may do there.
   * @default SftpPermission.READ_WRITE
   */
  readonly permission?: SftpPermission;
}

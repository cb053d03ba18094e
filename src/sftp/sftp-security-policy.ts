/**
 * Which SSH algorithms the server offers.
 * @see https://docs.aws.amazon.com/transfer/latest/userguide/security-policies.html
 */
export enum SftpSecurityPolicy {
  /** Key exchange that resists quantum computers, with the classic ones beside it. */
  V2025_03 = 'TransferSecurityPolicy-2025-03',
  /** Without SHA-1 and CBC. */
  V2024_01 = 'TransferSecurityPolicy-2024-01',
  /** Only what auditors of SSH expect. */
  SSH_AUDIT_COMPLIANT_2025_02 = 'TransferSecurityPolicy-SshAuditCompliant-2025-02',
  /** For clients of before 2022 that know nothing newer. */
  V2022_03 = 'TransferSecurityPolicy-2022-03',
}

import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { stringify } from 'csv-stringify/sync';
import { EVIDENCE_MEMORY_KEY } from './constants';
import { type EvidenceMemory, type EvidenceRow, NO_MEMORY } from './evidence.lambda-shared';

const COLUMNS = ['resource', 'resourceType', 'date', 'rules', 'keptUntil', 'status', 'recoveryPoint', 'bytes'];

/** Reports and memory in their bucket. */
export class EvidenceStore {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  public async report(rows: readonly EvidenceRow[], at: Date): Promise<void> {
    await this.s3.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key: `evidence/${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z.csv`,
        ContentType: 'text/csv; charset=utf-8',
        // A resource's name that begins with `=` would be a formula in the reader's spreadsheet.
        Body: stringify([...rows], { header: true, columns: COLUMNS, escape_formulas: true }),
      }),
    );
  }

  /** What the last evidence left, and nothing before the first. */
  public async memory(): Promise<EvidenceMemory> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: EVIDENCE_MEMORY_KEY }));
      return JSON.parse((await Body?.transformToString()) as string);
    } catch (error) {
      if (error instanceof NoSuchKey) {
        return NO_MEMORY;
      }
      throw error;
    }
  }

  public async remember(memory: EvidenceMemory): Promise<void> {
    await this.s3.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key: EVIDENCE_MEMORY_KEY,
        ContentType: 'application/json',
        Body: JSON.stringify(memory),
      }),
    );
  }
}

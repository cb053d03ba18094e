import * as fs from 'node:fs';
import * as path from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ImportSshPublicKeyCommand, TransferClient } from '@aws-sdk/client-transfer';
import { SFTP_CLIENT } from '../../support/engines';
import { run } from '../../support/engines/run';
import type { Emulator } from '../emulator/launcher';
import type { LocalPlatform } from '../local-platform';

export const USER = 'partner';

/** Runs commands of `sftp` as a user of the emulator's server; the first that fails ends the batch with an error. */
export function sftpBatch(emulator: Emulator, user: string, key: string, commands: readonly string[]): Promise<string> {
  const batch = `${key}.batch`;
  fs.writeFileSync(batch, `${commands.join('\n')}\n`);
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes', 'LogLevel=ERROR'];
  return run(SFTP_CLIENT.program, [
    '-q',
    ...['-P', String(emulator.sftpPort), '-i', key, '-b', batch],
    ...options.flatMap((option) => ['-o', option]),
    `${user}@127.0.0.1`,
  ]);
}

/** A partner at his own machine: a key of his own, and the `sftp` client that everybody has. */
export class SftpPartner {
  /** Gives the deployed user `partner` a second key, as in a rotation. */
  public static async withNewKey(local: LocalPlatform): Promise<SftpPartner> {
    const key = path.join(local.emulator.folder, 'partner-key');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const client = new TransferClient(local.emulator.clientConfig('eu-south-2'));
    const server = await local.physicalId(local.platform.exchange.sftp.node.findChild('Server'));
    await client.send(
      new ImportSshPublicKeyCommand({
        ServerId: server.slice(server.lastIndexOf('/') + 1),
        UserName: USER,
        SshPublicKeyBody: fs.readFileSync(`${key}.pub`, 'utf8'),
      }),
    );
    return new SftpPartner(local, key);
  }

  private constructor(
    private readonly local: LocalPlatform,
    private readonly key: string,
  ) {}

  /** Runs commands of `sftp` one after another; the first that fails ends the batch with an error. */
  public async batch(...commands: string[]): Promise<string> {
    return sftpBatch(this.local.emulator, USER, this.key, commands);
  }

  /** Content of an object of the platform's bucket. */
  public async object(key: string): Promise<string> {
    const Bucket = await this.local.physicalId(this.local.platform.exchange.sftp.bucket);
    const { Body } = await this.s3().send(new GetObjectCommand({ Bucket, Key: key }));
    return (await Body?.transformToString()) as string;
  }

  /** Keys of all objects. */
  public async objects(): Promise<string[]> {
    const Bucket = await this.local.physicalId(this.local.platform.exchange.sftp.bucket);
    const { Contents } = await this.s3().send(new ListObjectsV2Command({ Bucket }));
    return (Contents ?? []).map(({ Key }) => Key as string);
  }

  private s3(): S3Client {
    return new S3Client({ ...this.local.emulator.clientConfig('eu-south-2'), forcePathStyle: true });
  }
}

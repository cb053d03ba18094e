import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

const LIFE_SECONDS = 900;

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * What RDS takes for a password of `user`: a signed address, made without asking AWS. The runtime has no signer for it.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.Connecting.html
 */
export async function databaseToken(
  at: { readonly host: string; readonly port: number },
  user: string,
  region: string,
  credentials: AwsCredentials,
  signingDate: Date = new Date(),
): Promise<string> {
  const signer = new SignatureV4({ service: 'rds-db', region, credentials, sha256: Sha256 });
  const host = `${at.host}:${at.port}`;
  const { query } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: at.host,
      port: at.port,
      path: '/',
      query: { Action: 'connect', DBUser: user },
      headers: { host },
    },
    { expiresIn: LIFE_SECONDS, signingDate },
  );
  const pairs = Object.entries(query ?? {}).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `${host}/?${pairs.sort().join('&')}`;
}

import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const CURRENT = 'AWSCURRENT';
const PENDING = 'AWSPENDING';

/** Names and passwords in Secrets Manager. */
export class UserSecrets {
  constructor(private readonly client: SecretsManagerClient) {}

  public async current(secret: string): Promise<Credentials> {
    return this.read(secret, { VersionStage: CURRENT });
  }

  /** What this rotation made, or nothing yet. */
  public async pending(secret: string, token: string): Promise<Credentials | undefined> {
    try {
      return await this.read(secret, { VersionId: token, VersionStage: PENDING });
    } catch (error) {
      if (error instanceof ResourceNotFoundException) {
        return undefined;
      }
      throw error;
    }
  }

  /** Keeps what this rotation made beside what is in use. */
  public async propose(secret: string, token: string, credentials: Credentials): Promise<void> {
    await this.client.send(
      new PutSecretValueCommand({
        SecretId: secret,
        ClientRequestToken: token,
        SecretString: JSON.stringify(credentials),
        VersionStages: [PENDING],
      }),
    );
  }

  /** Gives a secret these credentials, unless it has them. */
  public async write(secret: string, credentials: Credentials): Promise<void> {
    const known = await this.current(secret);
    if (known.username !== credentials.username || known.password !== credentials.password) {
      await this.client.send(
        new PutSecretValueCommand({ SecretId: secret, SecretString: JSON.stringify(credentials) }),
      );
    }
  }

  /** Whether this rotation has still something to do. Throws where it is not this secret's rotation. */
  public async isUnfinished(secret: string, token: string): Promise<boolean> {
    const stages = (await this.versions(secret))[token];
    if (!stages?.includes(PENDING) && !stages?.includes(CURRENT)) {
      throw new Error(`version ${token} of the secret is not being rotated`);
    }
    return !stages.includes(CURRENT);
  }

  /** Puts what this rotation made into use. Secrets Manager keeps what was in use as the previous version. */
  public async publish(secret: string, token: string): Promise<void> {
    const versions = Object.entries(await this.versions(secret));
    await this.client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secret,
        VersionStage: CURRENT,
        MoveToVersionId: token,
        RemoveFromVersionId: versions.find(([, stages]) => stages.includes(CURRENT))?.[0],
      }),
    );
  }

  private async read(secret: string, version: { VersionId?: string; VersionStage: string }): Promise<Credentials> {
    const { SecretString } = await this.client.send(new GetSecretValueCommand({ SecretId: secret, ...version }));
    const { username, password } = JSON.parse(SecretString as string);
    if (typeof username !== 'string' || typeof password !== 'string') {
      throw new Error('the secret has no username or no password');
    }
    return { username, password };
  }

  private async versions(secret: string): Promise<Record<string, string[]>> {
    const { VersionIdsToStages } = await this.client.send(new DescribeSecretCommand({ SecretId: secret }));
    return VersionIdsToStages ?? {};
  }
}

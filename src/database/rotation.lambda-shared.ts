import { randomInt } from 'node:crypto';
import { CLONE_SUFFIX, PRIVILEGES, type RotatedUser } from './constants';
import { type Address, type MysqlUsers, setPassword, setPrivileges } from './mysql-users.lambda-shared';
import type { Credentials, UserSecrets } from './user-secrets.lambda-shared';

export interface RotationSettings {
  readonly masterSecret: string;
  readonly schema: string;
  readonly pool?: Address;
  /** How often the pool is asked, because it reads a changed secret a moment later, and how long is waited in between. */
  readonly poolAttempts: number;
  readonly poolPauseMs: number;
}

const PASSWORD_LENGTH = 40;
/** No sign that a shell, a URL, JSON or SQL would have to escape. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * The four steps that Secrets Manager asks for, with two MySQL users per secret: while one is in use, the other gets a new
 * password, is tried, and takes over. Whoever still uses the old one can do so until the next rotation. Every step can be
 * repeated after a failure, from the first.
 */
export class Rotation {
  constructor(
    private readonly secrets: UserSecrets,
    private readonly users: MysqlUsers,
    private readonly settings: RotationSettings,
  ) {}

  public async run(step: string, token: string, user: RotatedUser): Promise<void> {
    if (!(await this.secrets.isUnfinished(user.secret, token))) {
      return;
    }
    switch (step) {
      case 'createSecret':
        return this.create(token, user);
      case 'setSecret':
        return this.set(token, user);
      case 'testSecret':
        return this.test(await this.proposed(user, token));
      case 'finishSecret':
        await this.proposed(user, token);
        return this.secrets.publish(user.secret, token);
      default:
        throw new Error(`unknown step ${step}`);
    }
  }

  private async create(token: string, user: RotatedUser): Promise<void> {
    if (await this.secrets.pending(user.secret, token)) {
      return;
    }
    const { username } = await this.secrets.current(user.secret);
    const other = username === user.name ? user.name + CLONE_SUFFIX : user.name;
    await this.secrets.propose(user.secret, token, { username: other, password: newPassword() });
  }

  private async set(token: string, user: RotatedUser): Promise<void> {
    const current = await this.secrets.current(user.secret);
    const proposed = await this.proposed(user, token);
    // At the first rotation, or after a restore, the server does not know yet what the secret says.
    const currentIsKnown = await this.users.knows(current);
    await this.users.asMaster(await this.secrets.current(this.settings.masterSecret), async (connection) => {
      for (const credentials of currentIsKnown ? [proposed] : [current, proposed]) {
        await setPassword(connection, credentials);
      }
      for (const { username } of [current, proposed]) {
        await setPrivileges(connection, username, this.settings.schema, PRIVILEGES[user.privileges]);
      }
    });
    for (const credentials of user.poolLogins.length > 0 ? [current, proposed] : []) {
      await this.secrets.write(user.poolLogins[credentials.username === user.name ? 0 : 1], credentials);
    }
  }

  private async test(proposed: Credentials): Promise<void> {
    const { schema, pool } = this.settings;
    await this.users.logIn(proposed, schema);
    for (let attempt = 1; pool; attempt++) {
      try {
        return await this.users.logIn(proposed, schema, pool);
      } catch (error) {
        if (attempt >= this.settings.poolAttempts) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, this.settings.poolPauseMs));
      }
    }
  }

  private async proposed(user: RotatedUser, token: string): Promise<Credentials> {
    const proposed = await this.secrets.pending(user.secret, token);
    if (!proposed) {
      throw new Error(`version ${token} of the secret is empty; createSecret comes first`);
    }
    return proposed;
  }
}

function newPassword(): string {
  return Array.from({ length: PASSWORD_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { type Engine, EngineUnavailable } from './engine';
import { run } from './run';

/** Installs one package without starting its service, and leaves the machine's own policy as it was. */
const INSTALL = `set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y --no-install-recommends "$1"; }
install "$1" || { apt-get update; install "$1"; }
`;

/** A program of Debian's packages, installed where the machine is Debian-like and root or sudo is at hand. */
export class DebianEngine implements Engine {
  constructor(
    public readonly name: string,
    private readonly packageName: string,
    /** Absolute path of the program. */
    public readonly program: string,
  ) {}

  public isInstalled(): boolean {
    return fs.existsSync(this.program);
  }

  public async install(): Promise<void> {
    if (this.isInstalled()) {
      return;
    }
    const privilege = privilegePrefix();
    if (!fs.existsSync('/usr/bin/apt-get') || privilege === undefined) {
      throw new EngineUnavailable(
        `${this.name} comes with the Debian package ${this.packageName}, which only root or sudo can install`,
      );
    }
    const [program, ...args] = [...privilege, 'sh', '-c', INSTALL, 'install', this.packageName];
    await run(program, args);
  }
}

export const NGINX = new DebianEngine('NGINX', 'nginx-light', '/usr/sbin/nginx');
export const CLOUD_INIT = new DebianEngine('cloud-init', 'cloud-init', '/usr/bin/cloud-init');
export const SHELLCHECK = new DebianEngine('shellcheck', 'shellcheck', '/usr/bin/shellcheck');
export const SFTP_CLIENT = new DebianEngine('the sftp client', 'openssh-client', '/usr/bin/sftp');
export const KNOT = new DebianEngine('Knot DNS', 'knot', '/usr/sbin/knotd');
export const LOGROTATE = new DebianEngine('logrotate', 'logrotate', '/usr/sbin/logrotate');
export const WRK = new DebianEngine('wrk', 'wrk', '/usr/bin/wrk');
export const SYSTEMD = new DebianEngine('systemd', 'systemd', '/usr/bin/systemd-analyze');

/** What stands before a command that needs root: nothing for root, sudo where it asks for no password. */
function privilegePrefix(): string[] | undefined {
  if (process.getuid?.() === 0) {
    return [];
  }
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

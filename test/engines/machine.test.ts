import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { renderUserData } from '../../src/machine';
import { renderEnvironment } from '../../src/machine/user-data';
import { FIVE_SERVICES, machine } from '../machine/fixture';
import { CLOUD_INIT, COMPOSE, describeWith, MOTO, SHELLCHECK, SYSTEMD } from '../support/engines';
import { writeMachine } from './rendered';

/** What a program says about a file. Whatever it says is a fault, so nothing is what is expected. */
function complaints(program: string, args: string[], env: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (error) {
    throw error;
  }
  return stdout + stderr + (status === 0 ? '' : `ended with ${status}`);
}

let root: string;

beforeAll(() => {
  root = writeMachine(machine());
});

afterAll(() => {
  fs.rmSync(root, { recursive: true });
});

describeWith([CLOUD_INIT], 'cloud-init', () => {
  test('finds the user data to be what it understands', () => {
    const file = path.join(root, 'user-data.yaml');
    const text = renderUserData({
      environmentFiles: [renderEnvironment('api', { LOG_LEVEL: 'info', ODD: `a: "b" 'c' #d {e} %f` })],
      assetBucket: 'assets',
      assetKey: 'bundle.zip',
      region: 'eu-south-2',
    });
    fs.writeFileSync(file, text);
    expect(complaints(CLOUD_INIT.program, ['schema', '--config-file', file])).toBe(`Valid cloud-config: ${file}\n`);
    fs.writeFileSync(file, text.replace('runcmd:', 'runcmd: {}\nusers: 3\nrun_cmd:'));
    expect(complaints(CLOUD_INIT.program, ['schema', '--config-file', file])).toContain('ended with 1');
  });
});

describeWith([SHELLCHECK], 'shellcheck', () => {
  test('has nothing to say about the scripts', () => {
    const folder = path.join(root, 'usr/local/lib/charging-platform');
    const scripts = fs.readdirSync(folder).filter((name) => !/\.(py|json)$/.test(name));
    const { write_files: written } = parse(
      renderUserData({ environmentFiles: [], assetBucket: 'b', assetKey: 'k', region: 'r' }),
    );
    fs.writeFileSync(path.join(folder, 'bootstrap'), written[0].content);
    const files = [...scripts, 'bootstrap'].map((name) => path.join(folder, name));
    expect(files).toHaveLength(6);
    expect(
      complaints(SHELLCHECK.program, ['--external-sources', '--enable=all', '--exclude=SC2312,SC2250', ...files]),
    ).toBe('');
  });
});

test('Perl, in which needrestart is configured, finds there what holds sockets', () => {
  const file = path.join(root, 'etc/needrestart/conf.d/charging-platform.conf');
  const matched =
    'our %nrconf; do $ARGV[0]; die $@ if $@; my @keys = keys %{$nrconf{override_rc}};' +
    'for my $s (@ARGV[1..$#ARGV]) { print "$s " if grep { $s =~ /$_/ } @keys }';
  const held = ['nginx.service', 'docker.service', 'containerd.service', 'charging-platform-watch.service'];
  expect(complaints('perl', ['-e', matched, file, ...held, 'cron.service'])).toBe(`${held.join(' ')} `);
});

/** Answers for the metadata service, and for an archive whose files lie in a folder. */
const CURL = `target=
while [ $# -gt 1 ]; do
  case $1 in --output) target=$2 ;; esac
  shift
done
case $1 in
  *169.254.169.254*) echo answer ;;
  *) cp "FOLDER/$(basename "$1")" "$target" ;;
esac`;

describe('packages', () => {
  /** A folder with the scripts, programs that only say that they were called, and a key server that holds a key of its own. */
  function prepare(script: string, constant: string) {
    const folder = fs.mkdtempSync(path.join(root, 'install-'));
    const gpg = (...args: string[]) =>
      spawnSync('gpg', ['--batch', '--homedir', folder, ...args], { encoding: 'utf8' }).stdout;
    gpg('--quick-generate-key', '--passphrase', '', 'somebody', 'ed25519', 'sign', 'never');
    fs.writeFileSync(path.join(folder, 'amazon-cloudwatch-agent.gpg'), gpg('--armor', '--export'));
    fs.writeFileSync(path.join(folder, 'gpg'), gpg('--armor', '--export'));
    fs.writeFileSync(path.join(folder, 'amazon-cloudwatch-agent.deb'), 'package');
    gpg(
      '--detach-sign',
      '--output',
      `${folder}/amazon-cloudwatch-agent.deb.sig`,
      `${folder}/amazon-cloudwatch-agent.deb`,
    );
    const own = /^fpr:+(\w+):/m.exec(gpg('--with-colons', '--fingerprint'))?.[1] ?? '';
    const bin = path.join(folder, 'bin');
    fs.mkdirSync(bin);
    const stubs = {
      curl: CURL.replace('FOLDER', folder),
      'apt-get': `echo "apt-get $*" >> ${folder}/calls`,
      'apt-mark': ':',
      dpkg: `case $1 in --print-architecture) echo arm64 ;; --status) exit 1 ;; *) echo "dpkg $1" >> ${folder}/calls ;; esac`,
    };
    for (const [name, text] of Object.entries(stubs)) {
      fs.writeFileSync(path.join(bin, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    }
    const programs = path.join(root, 'usr/local/lib/charging-platform');
    for (const name of ['fetch.sh', 'install-packages', 'install-log-agent']) {
      const text = fs
        .readFileSync(path.join(programs, name), 'utf8')
        .replaceAll('/usr/share/keyrings', folder)
        .replaceAll('/etc/apt/sources.list.d', folder)
        // Whether this machine has Docker is another matter.
        .replace('command -v docker', 'command -v no-such-docker');
      fs.writeFileSync(path.join(folder, name), text, { mode: 0o755 });
    }
    const run = () => complaints(path.join(folder, script), [], { PATH: `${bin}:${process.env.PATH}` });
    return {
      run,
      believe: () => {
        const file = path.join(folder, script);
        fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(constant, own));
      },
      forge: () => fs.writeFileSync(path.join(folder, 'amazon-cloudwatch-agent.deb'), 'another package'),
      calls: () => (fs.existsSync(`${folder}/calls`) ? fs.readFileSync(`${folder}/calls`, 'utf8') : ''),
    };
  }

  const DOCKER_KEY = '9DC858229FC7DD38854AE2D88D81803C0EBFCD88';
  const AGENT_KEY = '937616F3450B7D806CBD9725D58167303B789C72';

  test('are installed in their pinned versions when the archive is signed by the key that is known', () => {
    const machineOf = prepare('install-packages', DOCKER_KEY);
    machineOf.believe();
    // The agent's key is another one here: the machine goes on without it.
    expect(machineOf.run()).toMatch(/the logs of this machine will not be shipped\n$/);
    expect(machineOf.calls()).toMatch(/ update\n.* install .*containerd.io=2\.\S+ docker-ce=5:29\.\S+ /);
    expect(machineOf.calls()).not.toContain('dpkg');
  });

  test('are not asked for when the key is another', () => {
    const machineOf = prepare('install-packages', DOCKER_KEY);
    expect(machineOf.run()).toMatch(/ended with \d$/);
    expect(machineOf.calls()).toBe('');
  });

  test('include an agent whose signature is good, and no other', () => {
    const machineOf = prepare('install-log-agent', AGENT_KEY);
    machineOf.believe();
    expect(machineOf.run()).not.toContain('ended with');
    expect(machineOf.calls()).toBe('dpkg --install\n');
    machineOf.forge();
    expect(machineOf.run()).toMatch(/ended with \d$/);
    expect(machineOf.calls()).toBe('dpkg --install\n');
  });
});

describeWith([SYSTEMD], 'systemd', () => {
  const units = () => path.join(root, 'etc/systemd/system');
  /** Units of programs that a machine has and this one may not. */
  const stubs = ['docker.service', 'nginx.service'];

  beforeAll(() => {
    for (const name of stubs) {
      fs.writeFileSync(path.join(units(), name), '[Service]\nExecStart=/bin/true\n');
    }
  });

  function ours(): string[] {
    return fs
      .readdirSync(units())
      .filter((name) => name.startsWith('charging-platform'))
      .map((name) => name.replace('@.', '@invoices.'));
  }

  test('finds nothing wrong with the units', () => {
    const env = { SYSTEMD_UNIT_PATH: `${units()}:/lib/systemd/system` };
    expect(ours()).toHaveLength(8);
    expect(complaints(SYSTEMD.program, ['verify', '--man=no', ...ours(), 'nginx.service'], env)).toBe('');
  });

  test('finds the programs well confined', () => {
    for (const name of ours().filter((unit) => unit.endsWith('.service'))) {
      const file = path.join(units(), name.replace('@invoices', '@'));
      const args = ['security', '--offline=true', '--threshold=30', '--no-pager', file];
      const said = complaints(SYSTEMD.program, args);
      expect(said).toMatch(/Overall exposure level for .*: [0-2]\.\d/);
      expect(said).not.toContain('ended with');
    }
  });

  test.each(['*-*-* 04:30:00 Europe/Madrid', 'minutely', '*-*-* 02:30:00 Europe/Madrid'])(
    'knows when %s is',
    (event) => {
      expect(complaints(SYSTEMD.program, ['calendar', event])).toContain('Next elapse');
    },
  );
});

describeWith([COMPOSE, MOTO], 'Docker Compose', () => {
  const names = FIVE_SERVICES.map(({ imageVariable }) => imageVariable);
  const env = {
    AWS_REGION: 'eu-south-2',
    LOG_GROUP: 'logs',
    INSTANCE_ID: 'i-1',
    ...Object.fromEntries(names.map((name) => [name, 'example/platform:1.0.0'])),
  };

  /** The file with its environments where the machine's programs would have put them. */
  function composed(environments: Readonly<Record<string, string>>): string {
    const text = fs.readFileSync(path.join(root, 'etc/charging-platform/compose.yaml'), 'utf8');
    for (const { name } of FIVE_SERVICES) {
      fs.writeFileSync(path.join(root, `${name}.env`), environments[name] ?? '');
    }
    const file = path.join(root, 'compose.yaml');
    fs.writeFileSync(file, text.replaceAll('/run/charging-platform/', `${root}/`));
    return file;
  }

  test('has nothing to say about the file', () => {
    const file = composed({});
    expect(complaints(COMPOSE.program, ['--file', file, '--profile', 'scheduled', 'config', '--quiet'], env)).toBe('');
    expect(complaints(COMPOSE.program, ['--file', file, 'config', '--quiet'], { ...env, IMAGE_API: '' })).toContain(
      'required variable IMAGE_API is missing a value',
    );
  });

  test('hands containers the very values that the environment was written from', () => {
    const values = {
      QUOTES: `a "b" 'c' \`d\``,
      DOLLARS: '$HOME $$ $' + '{HOME} $(id) \\$x',
      SLASHES: '\\ \\\\ \\n \\" \\',
      LINES: '-----BEGIN KEY-----\nabc\r\n\tdef\n-----END KEY-----\n',
      SIGNS: '# ; { } % = : & | < > ! * ? ~',
      SPACES: '  both ends  ',
      EMPTY: '',
      LETTERS: 'ñ €  日本',
    };
    const encode = 'import environment, json, sys; sys.stdout.write(environment.encode(json.load(sys.stdin)))';
    const { stdout: encoded } = spawnSync(MOTO.program('python3'), ['-B', '-c', encode], {
      encoding: 'utf8',
      cwd: path.join(__dirname, '..', '..', 'src', 'machine', 'agent'),
      input: JSON.stringify(values),
    });
    const file = composed({ api: encoded });
    const said = complaints(COMPOSE.program, ['--file', file, 'config', '--format', 'json'], env);
    const { environment } = JSON.parse(said).services['api-1'];
    // Compose writes a dollar sign twice, because it may read this text again.
    const read = Object.entries<string>(environment).map(([name, value]) => [name, value.replaceAll('$$', '$')]);
    expect(Object.fromEntries(read)).toEqual(values);
  });
});

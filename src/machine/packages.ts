import type { MachineFile } from './machine-file';
import { PROGRAM_FOLDER } from './paths';

/** Docker's own packages: old versions stay in its archive, so that a machine of next month equals one of today. */
const DOCKER_PACKAGES: Readonly<Record<string, string>> = {
  'containerd.io': '2.3.4-1~ubuntu.24.04~noble',
  'docker-ce': '5:29.7.2-1~ubuntu.24.04~noble',
  'docker-ce-cli': '5:29.7.2-1~ubuntu.24.04~noble',
  'docker-compose-plugin': '5.5.0-1~ubuntu.24.04~noble',
};
/** @see https://docs.docker.com/engine/install/ubuntu/ */
const DOCKER_KEY = '9DC858229FC7DD38854AE2D88D81803C0EBFCD88';
/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/verify-CloudWatch-Agent-Package-Signature.html */
const CLOUDWATCH_AGENT_KEY = '937616F3450B7D806CBD9725D58167303B789C72';

/** Shared by the scripts that install. */
const FETCH = `# shellcheck shell=bash
# Fetches files, and keys that are believed.
work=$(mktemp --directory)
trap 'rm --recursive --force "$work"' EXIT
export GNUPGHOME="$work"

fetch() {
  curl --fail --silent --show-error --location --proto '=https' --retry 5 --retry-all-errors --output "$2" "$1"
}

# Of what is fetched, only the key is taken that its owner publishes: by its fingerprint.
fetch_key() {
  fetch "$1" "$work/keys"
  gpg --batch --quiet --import "$work/keys"
  gpg --batch --yes --output "$3" --export "$2"
  test -s "$3" || {
    echo "$1 does not hold the key $2" >&2
    exit 1
  }
  chmod 0644 "$3"
}
`;

/** What must be on a machine before its services start. It does nothing where all is there already, so it also prepares golden images. */
const INSTALL_PACKAGES = `#!/bin/bash
# Installs the programs of the charging platform; what is there already stays as it is.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
here=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR source=fetch.sh
. "$here/fetch.sh"

# Ubuntu updates its lists at the first boot, too, and apt does not wait for that lock.
again() {
  for _ in {1..30}; do
    if "$@"; then return; fi
    sleep 10
  done
  return 1
}

apt() {
  again apt-get -o Acquire::Retries=5 -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold \\
    --yes --no-install-recommends "$@"
}

if ! command -v docker > /dev/null; then
  fetch_key https://download.docker.com/linux/ubuntu/gpg ${DOCKER_KEY} /usr/share/keyrings/docker.gpg
  architecture=$(dpkg --print-architecture)
  echo "deb [arch=$architecture signed-by=/usr/share/keyrings/docker.gpg] https://download.docker.com/linux/ubuntu noble stable" \\
    > /etc/apt/sources.list.d/docker.list
  apt update
  apt install \\
${Object.entries(DOCKER_PACKAGES)
  .map(([name, version]) => `    ${name}=${version} \\\n`)
  .join('')}    nginx unattended-upgrades
  # New versions come with new machines, not under the sockets of this one.
  apt-mark hold ${Object.keys(DOCKER_PACKAGES).join(' ')} nginx
fi

"$here/install-log-agent" || echo 'the logs of this machine will not be shipped' >&2
`;

/** By itself, because a machine serves without it. It comes from the machine's own region. */
const INSTALL_LOG_AGENT = `#!/bin/bash
# Installs the CloudWatch agent, which ships the logs of NGINX and of the system.
set -euo pipefail
here=$(dirname "$0")
if dpkg --status amazon-cloudwatch-agent > /dev/null 2>&1; then exit; fi
# shellcheck source-path=SCRIPTDIR source=fetch.sh
. "$here/fetch.sh"
metadata=http://169.254.169.254/latest
token=$(curl --fail --silent --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata/api/token")
region=$(curl --fail --silent --header "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/placement/region")
bucket=https://amazoncloudwatch-agent-$region.s3.$region.amazonaws.com
package=$bucket/ubuntu/$(dpkg --print-architecture)/latest/amazon-cloudwatch-agent.deb
fetch_key "$bucket/assets/amazon-cloudwatch-agent.gpg" ${CLOUDWATCH_AGENT_KEY} "$work/agent.gpg"
fetch "$package" "$work/agent.deb"
fetch "$package.sig" "$work/agent.deb.sig"
gpgv --quiet --keyring "$work/agent.gpg" "$work/agent.deb.sig" "$work/agent.deb"
dpkg --install "$work/agent.deb"
`;

const UNATTENDED_UPGRADES = `// Security updates come by themselves, except to what holds sockets: that comes with new machines. None restarts the machine.
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Automatic-Reboot "false";
Unattended-Upgrade::Package-Blacklist {
  "^containerd";
  "^docker";
  "^nginx";
};
`;

const NEEDRESTART = `# A new library restarts what uses it, except what holds sockets.
$nrconf{override_rc}->{qr(^(charging-platform|containerd|docker|nginx))} = 0;
`;

/** Containers go on while Docker's own service restarts. */
const DOCKER_DAEMON = { 'live-restore': true, 'log-driver': 'local' };

/** Charge points that come back together wait in the queue instead of being refused. */
const NETWORK = `net.core.somaxconn = 8192
net.ipv4.tcp_max_syn_backlog = 8192
`;

/** Packages, and how they are kept up to date. */
export function renderPackages(): MachineFile[] {
  return [
    { path: `${PROGRAM_FOLDER}/fetch.sh`, mode: '0644', content: FETCH },
    { path: `${PROGRAM_FOLDER}/install-packages`, mode: '0755', content: INSTALL_PACKAGES },
    { path: `${PROGRAM_FOLDER}/install-log-agent`, mode: '0755', content: INSTALL_LOG_AGENT },
    { path: '/etc/apt/apt.conf.d/52charging-platform', mode: '0644', content: UNATTENDED_UPGRADES },
    { path: '/etc/needrestart/conf.d/charging-platform.conf', mode: '0644', content: NEEDRESTART },
    { path: '/etc/docker/daemon.json', mode: '0644', content: `${JSON.stringify(DOCKER_DAEMON, undefined, 2)}\n` },
    { path: '/etc/sysctl.d/90-charging-platform.conf', mode: '0644', content: NETWORK },
  ];
}

import { Scalar, stringify } from 'yaml';
import { plainText } from './hostile';
import type { MachineFile } from './machine-file';
import { PROGRAM_FOLDER, SETTINGS_FOLDER } from './paths';

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html */
export const USER_DATA_LIMIT_BYTES = 16_384;

export interface UserDataProps {
  /** Files that hold what is known only at deployment: `renderEnvironment`. */
  readonly environmentFiles: readonly MachineFile[];
  readonly assetBucket: string;
  readonly assetKey: string;
  readonly region: string;
}

const BOOTSTRAP = `${PROGRAM_FOLDER}/bootstrap`;
const BOOTSTRAP_CONTENT = `#!/bin/bash
# Fetches the files of this machine and sets it up: bootstrap REGION BUCKET KEY
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
# Ubuntu updates its lists at the first boot, too, and apt does not wait for that lock.
for _ in {1..30}; do
  if python3 -c 'import boto3' 2> /dev/null && command -v unzip > /dev/null; then break; fi
  if apt-get -o Acquire::Retries=5 update; then
    apt-get -o Acquire::Retries=5 -o DPkg::Lock::Timeout=600 install --yes --no-install-recommends python3-boto3 unzip
  else
    sleep 10
  fi
done
bundle=$(mktemp)
python3 -c 'import sys, boto3; boto3.client("s3", region_name=sys.argv[1]).download_file(*sys.argv[2:])' "$1" "$2" "$3" "$bundle"
unzip -o -q "$bundle" -d /
rm "$bundle"
exec ${PROGRAM_FOLDER}/install
`;

/** A file of variables, one line each, whose values stand as they are: they may be known only at deployment. */
export function renderEnvironment(name: string, variables: Readonly<Record<string, string>>): MachineFile {
  const lines = Object.entries(variables).map(([key, value]) => `${key}=${plainText(key, value)}\n`);
  return { path: `${SETTINGS_FOLDER}/${name}.env`, mode: '0600', content: lines.join('') };
}

/**
 * What cloud-init does at the first boot: no SSH, hence nobody who could log in, the environment files, and the bundle from S3. Values known
 * only at deployment stand in blocks and in double quotes, where they cannot change the document.
 */
export function renderUserData(props: UserDataProps): string {
  const bootstrap: MachineFile = { path: BOOTSTRAP, mode: '0755', content: BOOTSTRAP_CONTENT };
  const document = {
    disable_root: true,
    ssh_pwauth: false,
    write_files: [...props.environmentFiles, bootstrap].map(({ path, mode, content }) => ({
      path,
      owner: 'root:root',
      permissions: quoted(mode),
      content: scalar(content, Scalar.BLOCK_LITERAL),
    })),
    runcmd: [
      ['systemctl', 'mask', '--now', 'ssh.socket', 'ssh.service'],
      [BOOTSTRAP, quoted(props.region), quoted(props.assetBucket), quoted(props.assetKey)],
    ],
  };
  return `#cloud-config\n${stringify(document, { lineWidth: 0 })}`;
}

function quoted(value: string): Scalar {
  return scalar(value, Scalar.QUOTE_DOUBLE);
}

function scalar(value: string, type: Scalar.Type): Scalar {
  const node = new Scalar(value);
  node.type = type;
  return node;
}

import type { MachineDescription } from './description';
import { matching } from './hostile';
import type { MachineFile } from './machine-file';
import { PROGRAM_FOLDER } from './paths';
import { enabledUnits } from './units';

const ZONE = /^[A-Za-z][\w+-]*(\/[\w+-]+)*$/;

/** Sets a machine up once its files are in place. Runs at the first boot; later boots start the units. */
export function renderInstall(machine: MachineDescription): MachineFile {
  const timeZone = matching('timeZone', machine.timeZone, ZONE, 'a zone of the IANA database like Europe/Madrid');
  return {
    path: `${PROGRAM_FOLDER}/install`,
    mode: '0755',
    content: `#!/bin/bash
# Sets this machine up, once: programs, settings, services.
set -euo pipefail

${PROGRAM_FOLDER}/install-packages
timedatectl set-timezone ${timeZone}
sysctl --quiet --system
nginx -t
systemctl daemon-reload
systemctl restart docker.service nginx.service logrotate.timer

# Logs are shipped if they can be; a machine serves without.
${PROGRAM_FOLDER}/ship-logs || echo 'logs of this machine are not shipped' >&2

systemctl enable --now ${enabledUnits(machine)
      .map((unit) => `\\\n  ${unit}`)
      .join(' ')}
`,
  };
}

import { AGENT_FILES } from './agent-files';
import { renderAgentSettings } from './agent-settings';
import { renderCompose } from './compose';
import type { MachineDescription } from './description';
import { renderInstall } from './install';
import { renderLogShipping } from './log-shipping';
import type { MachineFile } from './machine-file';
import { renderNginx } from './nginx';
import { renderPackages } from './packages';
import { COMPOSE_FILE, PROGRAM_FOLDER, SETTINGS_FOLDER } from './paths';
import { renderUnits } from './units';

/** Every file of a machine that holds nothing that is known only at deployment. */
export function renderMachine(machine: MachineDescription): MachineFile[] {
  const agent = Object.entries(AGENT_FILES).map(([name, content]) => ({
    path: `${PROGRAM_FOLDER}/${name}`,
    mode: '0644',
    content,
  }));
  return [
    { path: '/etc/nginx/nginx.conf', mode: '0644', content: renderNginx(machine) },
    { path: COMPOSE_FILE, mode: '0644', content: renderCompose(machine) },
    { path: `${SETTINGS_FOLDER}/machine.json`, mode: '0644', content: renderAgentSettings(machine) },
    ...renderUnits(machine),
    ...renderPackages(),
    ...renderLogShipping(),
    renderInstall(machine),
    ...agent,
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
}

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type MachineDescription, renderMachine } from '../../src/machine';

/** The files of a machine below a folder of their own, as they stand on its disk. */
export function writeMachine(machine: MachineDescription): string {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'machine-'));
  for (const file of renderMachine(machine)) {
    const target = path.join(root, file.path);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, file.content, { mode: Number.parseInt(file.mode, 8) });
  }
  return root;
}

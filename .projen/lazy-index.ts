import * as fs from 'node:fs';
import * as path from 'node:path';

const LIB = path.join(__dirname, '..', 'lib');
const INDEX = path.join(LIB, 'index.js');
const ROOM = /__exportStar\(require\("(\.\/[a-z]+)"\), exports\);/g;

/**
 * Rewrites the compiled index so that a room is read when one of its names is first used, as the CDK's own indexes do. An app that
 * uses the network alone does not wait for the rest.
 */
function main(): void {
  const rooms = [...fs.readFileSync(INDEX, 'utf8').matchAll(ROOM)].map(([, room]) => room);
  if (rooms.length === 0) {
    throw new Error(`${INDEX} exports no rooms; compile first`);
  }
  const exported = rooms.flatMap((room) => Object.keys(require(path.join(LIB, room))).map((name) => ({ name, room })));
  const lines = [
    '"use strict";',
    'Object.defineProperty(exports, "__esModule", { value: true });',
    // Node finds the names for `import { … }` by reading assignments, not by running the code.
    ...exported.map(({ name }) => `exports.${name} = void 0;`),
    'function lazy(name, read) { Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: () => read()[name] }); }',
    ...exported.map(({ name, room }) => `lazy(${JSON.stringify(name)}, () => require(${JSON.stringify(room)}));`),
  ];
  fs.writeFileSync(INDEX, `${lines.join('\n')}\n`);
}

main();

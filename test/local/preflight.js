// Plain JavaScript of any age: it must run where the rest cannot, to say why.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

function main() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    return `Node 20 or newer is needed, got ${process.versions.node}. Install a current one from https://nodejs.org and run "npm ci" again.`;
  }
  if (!fs.existsSync(path.join(__dirname, '..', '..', 'node_modules', 'aws-cdk', 'bin', 'cdk'))) {
    return 'The packages are not installed. Run "npm ci" first; it needs the network once.';
  }
  const wanted = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  const programs = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
  if (!programs.some((program) => spawnSync(program, ['-c', wanted], { stdio: 'ignore' }).status === 0)) {
    return 'Python 3.10 or newer with its venv module is needed, got none. On Debian and Ubuntu: sudo apt-get install python3-venv.';
  }
  return undefined;
}

const problem = main();
if (problem) {
  console.error(problem);
  process.exitCode = 1;
}

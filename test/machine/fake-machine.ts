import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import type { MachineDescription } from '../../src/machine';
import { renderAgentSettings } from '../../src/machine/agent-settings';
import { MOTO } from '../support/engines';

const AGENT = path.join(__dirname, '..', '..', 'src', 'machine', 'agent', 'agent.py');

/** Docker's command line: remembers what it was asked, has the images that were put there, and fails where it is told to. */
const DOCKER = `#!/bin/sh
echo "$(date +%s.%N) $*" >> "$FAKE_DOCKER/calls"
case "$1" in
  version) test ! -e "$FAKE_DOCKER/broken" ;;
  image) test -e "$FAKE_DOCKER/images" ;;
  ps) cat "$FAKE_DOCKER/running" ;;
  compose)
    test ! -e "$FAKE_DOCKER/failing" || exit 3
    case "$*" in *" exec "*) test ! -e "$FAKE_DOCKER/failing-exec" ;; esac ;;
  login) cat > "$FAKE_DOCKER/password" ;;
esac
`;

/** Answers of Auto Scaling. */
const done = (action: string | null) => `<${action}Response><${action}Result/></${action}Response>`;
const NOT_UNDER_WAY = `<ErrorResponse><Error><Type>Sender</Type>
<Code>ValidationError</Code><Message>No active Lifecycle Action found</Message></Error></ErrorResponse>`;

/** A machine as its programs see it: settings, EC2's metadata, Docker, and what AWS is told about it. */
export class FakeMachine {
  public static async start(description: MachineDescription, env: NodeJS.ProcessEnv = {}): Promise<FakeMachine> {
    const fake = new FakeMachine(description, env);
    await once(fake.server.listen(0, '127.0.0.1'), 'listening');
    return fake;
  }

  public lifecycleState = 'InService';
  /** How often a lifecycle hook is not under way yet when it is completed. */
  public completionsTooEarly = 0;
  /** What Auto Scaling was asked. */
  public readonly asked: URLSearchParams[] = [];
  public readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'machine-'));
  private readonly server = http.createServer((request, response) => this.answer(request, response));
  private readonly children = new Set<ChildProcess>();

  private constructor(
    description: MachineDescription,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    for (const name of ['settings', 'runtime', 'state', 'docker', 'bin', 'proc/net']) {
      fs.mkdirSync(path.join(this.folder, name), { recursive: true });
    }
    this.write('settings/machine.json', renderAgentSettings(description));
    this.write('bin/docker', DOCKER);
    fs.chmodSync(path.join(this.folder, 'bin/docker'), 0o755);
  }

  /** Starts the program with an action; resolves with what it wrote when it ends with 0. */
  public async run(...args: string[]): Promise<string> {
    const child = this.spawn(...args);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const [code] = await once(child, 'close');
    if (code !== 0) {
      throw new Error(`${args.join(' ')} ended with ${code}:\n${output}`);
    }
    return output;
  }

  public spawn(...args: string[]): ChildProcess {
    const child = spawn(MOTO.program('python3'), ['-B', AGENT, ...args], { env: this.environment() });
    this.children.add(child.once('close', () => this.children.delete(child)));
    return child;
  }

  public write(name: string, text: string): void {
    fs.writeFileSync(path.join(this.folder, name), text);
  }

  public read(name: string): string {
    return fs.readFileSync(path.join(this.folder, name), 'utf8');
  }

  public mode(name: string): number {
    return fs.statSync(path.join(this.folder, name)).mode & 0o777;
  }

  /** What Docker was asked, without what stands in every call of Compose. */
  public dockerCalls(): string[] {
    return this.calls().map((call) =>
      call.replace(/^\S+ /, '').replace(/^compose --file \S+ --progress quiet/, 'compose'),
    );
  }

  /** When it was asked, in seconds. */
  public dockerTimes(): number[] {
    return this.calls().map((call) => Number(call.split(' ')[0]));
  }

  public async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  public async stop(): Promise<void> {
    for (const child of this.children) {
      child.kill('SIGKILL');
    }
    this.server.closeAllConnections();
    this.server.close();
    fs.rmSync(this.folder, { recursive: true });
  }

  private calls(): string[] {
    const file = path.join(this.folder, 'docker', 'calls');
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  }

  private environment(): NodeJS.ProcessEnv {
    const address = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return {
      PATH: `${this.folder}/bin:${process.env.PATH}`,
      SETTINGS_FOLDER: `${this.folder}/settings`,
      RUNTIME_FOLDER: `${this.folder}/runtime`,
      STATE_DIRECTORY: `${this.folder}/state`,
      PROC_FOLDER: `${this.folder}/proc`,
      FAKE_DOCKER: `${this.folder}/docker`,
      METADATA_ADDRESS: address,
      AWS_REGION: 'eu-south-2',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_AUTO_SCALING: address,
      ...this.env,
    };
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    if (request.url === '/') {
      this.answerAws(request, response);
      return;
    }
    const values: Record<string, string> = {
      '/latest/api/token': 'token',
      '/latest/meta-data/instance-id': `i-${path.basename(this.folder).slice(-6)}`,
      '/latest/meta-data/autoscaling/target-lifecycle-state': this.lifecycleState,
      '/latest/meta-data/tags/instance/aws:autoscaling:groupName': 'Group',
    };
    const isAllowed = request.method === 'PUT' || request.headers['x-aws-ec2-metadata-token'] === 'token';
    response.writeHead(isAllowed ? 200 : 401).end(values[request.url ?? '']);
  }

  private answerAws(request: http.IncomingMessage, response: http.ServerResponse): void {
    let body = '';
    request.on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      const asked = new URLSearchParams(body);
      this.asked.push(asked);
      const action = asked.get('Action');
      const tooEarly = action === 'CompleteLifecycleAction' && this.completionsTooEarly-- > 0;
      response.writeHead(tooEarly ? 400 : 200).end(tooEarly ? NOT_UNDER_WAY : done(action));
    });
  }
}

/** A service that gives this answer. */
export async function answering(status: number, port = 0): Promise<http.Server> {
  const server = http.createServer((_, response) => response.writeHead(status).end());
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return server;
}

export function portOf(server: http.Server): number {
  return (server.address() as AddressInfo).port;
}

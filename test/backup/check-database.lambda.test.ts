import { handler } from '../../src/backup/check-database.lambda';
import { RestoredDatabase } from '../../src/backup/restored-database.lambda-shared';

// What it finds on real servers stands in test/engines/restored-database.test.ts; here is what it makes of its environment.
const ADDRESS = { host: 'copy.example.com', port: 33306 };
const ENVIRONMENT = {
  ...{ CHECK_USER: 'restore_check', SCHEMA: 'charging', AWS_REGION: 'eu-south-2' },
  ...{ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' },
  CHECKS: JSON.stringify([{ name: 'fresh', sql: 'SELECT 1' }]),
};
let lines: string[];
let before: NodeJS.ProcessEnv;

beforeEach(() => {
  lines = [];
  before = { ...process.env };
  Object.assign(process.env, ENVIRONMENT);
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => {
  process.env = before;
  jest.restoreAllMocks();
});

test('logs in with a token of its own role and runs the checks; of all that it logs counts', async () => {
  let token = '';
  const problems = jest.spyOn(RestoredDatabase.prototype, 'problems').mockImplementation(async (_checks, password) => {
    token = await password();
    return ["'fresh' does not hold"];
  });
  expect(await handler(ADDRESS)).toEqual(["'fresh' does not hold"]);
  expect(problems.mock.calls[0][0]).toEqual([{ name: 'fresh', sql: 'SELECT 1' }]);
  expect(token).toMatch(
    /^copy\.example\.com:33306\/\?Action=connect&DBUser=restore_check&.*X-Amz-Security-Token=session/,
  );
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 'INFO', message: 'restored database checked', checks: 1, problems: 1 },
  ]);
});

test('does not begin without a user', async () => {
  delete process.env.CHECK_USER;
  await expect(handler(ADDRESS)).rejects.toThrow('environment variable CHECK_USER is not set');
});

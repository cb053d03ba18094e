import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../src/database/rotation.lambda';

// What the steps do to real servers stands in test/engines/mysql.test.ts; here is what the handler makes of its environment.
const client = mockClient(SecretsManagerClient);
const lines: string[] = [];
const event = { Step: 'createSecret', SecretId: 'arn:api', ClientRequestToken: 'token' };

beforeEach(() => {
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  process.env.MASTER_SECRET_ARN = 'arn:master';
  process.env.SERVER = 'database.example.com:33306';
  process.env.SCHEMA = 'charging';
  process.env.USERS = JSON.stringify([{ secret: 'arn:api', name: 'api', privileges: 'readOnly', poolLogins: [] }]);
});
afterEach(() => {
  jest.restoreAllMocks();
  client.reset();
});

test('proposes the other user, and logs neither password', async () => {
  client.on(DescribeSecretCommand).resolves({ VersionIdsToStages: { token: ['AWSPENDING'], old: ['AWSCURRENT'] } });
  client
    .on(GetSecretValueCommand, { VersionStage: 'AWSPENDING' })
    .rejects(new ResourceNotFoundException({ message: 'empty', $metadata: {} }))
    .on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' })
    .resolves({ SecretString: '{"username":"api","password":"old-password"}' });
  client.on(PutSecretValueCommand).resolves({});
  await handler(event);
  const { input } = client.commandCalls(PutSecretValueCommand)[0].args[0];
  expect(input).toMatchObject({ SecretId: 'arn:api', ClientRequestToken: 'token', VersionStages: ['AWSPENDING'] });
  const proposed = JSON.parse(input.SecretString as string);
  expect(proposed.username).toBe('api_clone');
  expect(lines.join()).toContain('"step":"createSecret","user":"api"');
  expect(lines.join()).not.toMatch(new RegExp(`old-password|${proposed.password}`));
});

test('refuses a secret of somebody else', async () => {
  await expect(handler({ ...event, SecretId: 'arn:other' })).rejects.toThrow(
    'the secret belongs to no user of this database',
  );
  expect(client.calls()).toEqual([]);
});

test('does not begin without a master secret', async () => {
  delete process.env.MASTER_SECRET_ARN;
  await expect(handler(event)).rejects.toThrow('environment variable MASTER_SECRET_ARN is not set');
});

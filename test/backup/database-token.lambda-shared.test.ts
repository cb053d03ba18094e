import { databaseToken } from '../../src/backup/database-token.lambda-shared';

const AT = { host: 'copy.example.com', port: 33306 };
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session/token+=' };
const MOMENT = new Date('2026-11-25T05:00:00Z');

test('is what the signer of the AWS SDK makes of the same moment and credentials', async () => {
  expect(await databaseToken(AT, 'restore_check', 'eu-south-2', CREDENTIALS, MOMENT)).toBe(
    [
      'copy.example.com:33306/?Action=connect',
      'DBUser=restore_check',
      'X-Amz-Algorithm=AWS4-HMAC-SHA256',
      'X-Amz-Credential=AKIDEXAMPLE%2F20261125%2Feu-south-2%2Frds-db%2Faws4_request',
      'X-Amz-Date=20261125T050000Z',
      'X-Amz-Expires=900',
      'X-Amz-Security-Token=session%2Ftoken%2B%3D',
      'X-Amz-Signature=f2f927a76fe03556be0ea4f826c03ced4dc24b3611f2370ba78eef9c460203f3',
      'X-Amz-SignedHeaders=host',
    ].join('&'),
  );
});

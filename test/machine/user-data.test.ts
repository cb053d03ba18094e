import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { parse } from 'yaml';
import { renderUserData, USER_DATA_LIMIT_BYTES } from '../../src/machine';
import { renderEnvironment } from '../../src/machine/user-data';

const PLACE = { assetBucket: 'assets', assetKey: 'bundle.zip', region: 'eu-south-2' };

test('is a small part of what EC2 takes, without the environment', () => {
  expect(Buffer.byteLength(renderUserData({ environmentFiles: [], ...PLACE }))).toBeLessThan(USER_DATA_LIMIT_BYTES / 8);
});

test('nobody can log in', () => {
  expect(parse(renderUserData({ environmentFiles: [], ...PLACE }))).toMatchObject({
    ssh_pwauth: false,
    runcmd: [['systemctl', 'mask', '--now', 'ssh.socket', 'ssh.service'], expect.anything()],
  });
});

test('environment files are for root alone and hold their values as they are', () => {
  const file = renderEnvironment('api', { QUOTED: `a "b" 'c' $d #e {f}: %g\\`, EMPTY: '' });
  const { write_files: written } = parse(renderUserData({ environmentFiles: [file], ...PLACE }));
  expect(written[0]).toEqual({
    path: '/etc/charging-platform/api.env',
    owner: 'root:root',
    permissions: '0600',
    content: `QUOTED=a "b" 'c' $d #e {f}: %g\\\nEMPTY=\n`,
  });
});

test('refuses a value of more than one line', () => {
  expect(() => renderEnvironment('api', { KEY: 'a\nEVIL=1' })).toThrow(
    `'KEY' must not hold line breaks or other control characters, got "a\\nEVIL=1"`,
  );
});

test('values that are known only at deployment reach their places', () => {
  const stack = new Stack(new App());
  const [endpoint, bucket] = ['Endpoint', 'Bucket'].map((id) => new CfnParameter(stack, id).valueAsString);
  const rendered = renderUserData({
    environmentFiles: [renderEnvironment('api', { ENDPOINT: `https://${endpoint}/x` })],
    assetBucket: bucket,
    assetKey: 'bundle.zip',
    region: stack.region,
  });
  const values: Record<string, string> = { Endpoint: 'db: "x"', Bucket: 'assets', 'AWS::Region': 'eu-south-2' };
  const [glue, parts] = stack.resolve(rendered)['Fn::Join'];
  const text = parts.map((part: string | { Ref: string }) => (typeof part === 'string' ? part : values[part.Ref]));
  const document = parse(text.join(glue));
  expect(document.write_files[0].content).toBe('ENDPOINT=https://db: "x"/x\n');
  expect(document.runcmd[1].slice(1)).toEqual(['eu-south-2', 'assets', 'bundle.zip']);
});

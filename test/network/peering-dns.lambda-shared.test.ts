import type { EC2Client } from '@aws-sdk/client-ec2';
import { allowDns, denyDns } from '../../src/network/peering-dns.lambda-shared';

const ENDS = { peeringId: 'pcx-0a1b2c3d', requester: true, accepter: false };
const PATIENCE = { attempts: 3, waitMilliseconds: 1 };

/** EC2 that fails with these names, one a call, before it obeys. */
function ec2After(...errors: string[]) {
  const send = jest.fn(async (_command: { readonly input: object }) => {
    const name = errors.shift();
    if (name) {
      throw Object.assign(new Error(`${name} happened`), { name });
    }
  });
  return { ec2: { send } as unknown as EC2Client, send };
}

test('waits for a peering to be active', async () => {
  const { ec2, send } = ec2After('OperationNotPermitted', 'OperationNotPermitted');
  await allowDns(ec2, ENDS, PATIENCE);
  expect(send).toHaveBeenCalledTimes(3);
  expect(send.mock.calls[2][0].input).toEqual({
    VpcPeeringConnectionId: 'pcx-0a1b2c3d',
    RequesterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true },
    AccepterPeeringConnectionOptions: undefined,
  });
});

test('does not wait for ever', async () => {
  const { ec2, send } = ec2After(...Array(3).fill('OperationNotPermitted'));
  await expect(allowDns(ec2, ENDS, PATIENCE)).rejects.toThrow('OperationNotPermitted happened');
  expect(send).toHaveBeenCalledTimes(3);
});

test('does not wait for what will not change', async () => {
  const { ec2, send } = ec2After('UnauthorizedOperation');
  await expect(allowDns(ec2, ENDS, PATIENCE)).rejects.toThrow('UnauthorizedOperation happened');
  expect(send).toHaveBeenCalledTimes(1);
});

test.each(['OperationNotPermitted', 'InvalidVpcPeeringConnectionID.NotFound'])(
  'a peering that is gone (%s) needs no more',
  async (name) => {
    await expect(denyDns(ec2After(name).ec2, ENDS)).resolves.toBeUndefined();
  },
);

test('another failure to switch off is told', async () => {
  await expect(denyDns(ec2After('UnauthorizedOperation').ec2, ENDS)).rejects.toThrow('UnauthorizedOperation happened');
});

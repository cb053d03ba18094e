import { type EC2Client, ModifyVpcPeeringConnectionOptionsCommand } from '@aws-sdk/client-ec2';

/** What EC2 says of a peering that is not active yet, or no more. */
const INACTIVE = 'OperationNotPermitted';
const UNKNOWN = /^InvalidVpcPeeringConnectionId\.NotFound$/i;

/** Ends of a peering whose setting is ours to make. */
export interface PeeringEnds {
  readonly peeringId: string;
  readonly requester: boolean;
  readonly accepter: boolean;
}

export interface Patience {
  readonly attempts: number;
  readonly waitMilliseconds: number;
}

/** Lets the other VPC resolve host names to private addresses. A peering that was just accepted takes a while to be active. */
export async function allowDns(ec2: EC2Client, ends: PeeringEnds, patience: Patience): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await setDns(ec2, ends, true);
    } catch (error) {
      if (nameOf(error) !== INACTIVE || attempt >= patience.attempts) {
        throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, patience.waitMilliseconds));
  }
}

/** A peering that is gone, or going, resolves nothing any more. */
export async function denyDns(ec2: EC2Client, ends: PeeringEnds): Promise<void> {
  try {
    await setDns(ec2, ends, false);
  } catch (error) {
    if (nameOf(error) !== INACTIVE && !UNKNOWN.test(nameOf(error))) {
      throw error;
    }
  }
}

async function setDns(ec2: EC2Client, ends: PeeringEnds, allowed: boolean): Promise<void> {
  const options = { AllowDnsResolutionFromRemoteVpc: allowed };
  await ec2.send(
    new ModifyVpcPeeringConnectionOptionsCommand({
      VpcPeeringConnectionId: ends.peeringId,
      RequesterPeeringConnectionOptions: ends.requester ? options : undefined,
      AccepterPeeringConnectionOptions: ends.accepter ? options : undefined,
    }),
  );
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

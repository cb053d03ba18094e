import { EC2Client } from '@aws-sdk/client-ec2';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { log } from '../runtime/logger.lambda-shared';
import { ACCEPTER_PROPERTY, PEERING_ID_PROPERTY, REQUESTER_PROPERTY } from './constants';
import { allowDns, denyDns, type PeeringEnds } from './peering-dns.lambda-shared';

const ec2 = new EC2Client({});
const PATIENCE = { attempts: 10, waitMilliseconds: 5_000 };

/** A custom resource that sets DNS resolution of a peering, which CloudFormation itself cannot. */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  const ends: PeeringEnds = {
    peeringId: event.ResourceProperties[PEERING_ID_PROPERTY],
    requester: event.ResourceProperties[REQUESTER_PROPERTY] === 'true',
    accepter: event.ResourceProperties[ACCEPTER_PROPERTY] === 'true',
  };
  try {
    if (event.RequestType === 'Delete') {
      await denyDns(ec2, ends);
    } else {
      await allowDns(ec2, ends, PATIENCE);
    }
  } catch (error) {
    log.error('DNS resolution not set', error, { peeringId: ends.peeringId, request: event.RequestType });
    const reason = error instanceof Error ? error.message : String(error);
    return answer(event, ends.peeringId, { Status: 'FAILED', Reason: reason });
  }
  log.info('DNS resolution set', { peeringId: ends.peeringId, request: event.RequestType });
  return answer(event, ends.peeringId, { Status: 'SUCCESS' });
}

/**
 * CloudFormation waits for this. Another peering gives another physical id, so the old one is deleted; an answer that is
 * refused is thrown, so that Lambda tries again.
 */
async function answer(event: CloudFormationCustomResourceEvent, physicalId: string, outcome: object): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const body = { ...outcome, PhysicalResourceId: physicalId, StackId, RequestId, LogicalResourceId };
  const response = await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(body) });
  if (!response.ok) {
    throw new Error(`CloudFormation refused the answer with status ${response.status}`);
  }
}

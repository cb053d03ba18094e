/** Properties of the custom resource that sets DNS resolution of a peering. */
export const PEERING_ID_PROPERTY = 'PeeringId';
/** `true` where this end is the one that asked for the peering. CloudFormation makes text of it. */
export const REQUESTER_PROPERTY = 'Requester';
/** `true` where this end is the one that accepted it; both where both VPCs are of one account and region. */
export const ACCEPTER_PROPERTY = 'Accepter';

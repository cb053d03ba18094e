import { resourcesOf, templateOf } from '../support/stacks';
import { API, fleetStack } from './fixture';

const TABLE = 'AWS::DynamoDB::GlobalTable';

test("leases are encrypted with the fleet's key, expire, and are not kept", () => {
  const stack = fleetStack();
  const [[, table]] = resourcesOf(stack, TABLE);
  expect(table).toMatchObject({
    DeletionPolicy: 'Delete',
    Properties: {
      KeySchema: [{ AttributeName: 'lease', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    },
  });
  expect(JSON.stringify(table.Properties.Replicas)).toContain('FleetKey');
});

test('there is no table without jobs', () => {
  templateOf(fleetStack({ services: [API] })).resourceCountIs(TABLE, 0);
});

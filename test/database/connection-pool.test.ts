import { ConnectionPool } from '../../src/database/connection-pool';

test('tells a pool from none', () => {
  expect(ConnectionPool.rdsProxy()._proxy).toEqual({});
  expect(ConnectionPool.none()._proxy).toBeUndefined();
});

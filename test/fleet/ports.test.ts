import { firstReplicaPort, listenerPort, proxyPorts } from '../../src/fleet/ports';

test('presets have ports of their own, others one that follows from their name', () => {
  const ports = proxyPorts(['back-office', 'api', 'ocpp', 'ocpi', 'tariffs']);
  expect(Object.fromEntries(ports)).toEqual({
    'back-office': 8081,
    api: 8082,
    ocpp: 8083,
    ocpi: 8084,
    tariffs: ports.get('tariffs'),
  });
  expect(proxyPorts(['tariffs', 'api']).get('tariffs')).toBe(ports.get('tariffs'));
});

test('names that fall on one port give way', () => {
  const names = Array.from({ length: 300 }, (_, index) => `service-${index}`);
  const ports = [...proxyPorts(names).values()];
  expect(new Set(ports).size).toBe(300);
  expect(Math.min(...ports)).toBeGreaterThanOrEqual(8100);
  expect(Math.max(...ports)).toBeLessThan(8900);
});

test('eight replicas of neighbours do not meet, and all stand below the ports that Linux hands out', () => {
  expect(firstReplicaPort(8082) + 7).toBeLessThan(firstReplicaPort(8083));
  expect(firstReplicaPort(8899) + 7).toBeLessThan(32_768);
});

test('a listener stands ten thousand above its endpoint', () => {
  expect(listenerPort(443)).toBe(10_443);
  expect(listenerPort(55_535)).toBe(65_535);
});

import { renderNginx } from '../../src/machine/nginx';
import { machine, service } from './fixture';

const ocpp = service({ name: 'ocpp', protocol: 'ocpp', proxyPort: 8083, cacheSeconds: 0, requestsPerSecond: 0 });

test('a reload never cuts sockets', () => {
  expect(renderNginx(machine())).not.toContain('worker_shutdown_timeout');
});

test.each([60, 300, 4000])('an idle socket of %d seconds is the load balancer to end, not NGINX', (ocppIdleSeconds) => {
  const text = renderNginx(machine({ services: [ocpp], ocppIdleSeconds }));
  for (const name of ['proxy_read_timeout', 'proxy_send_timeout', 'keepalive_timeout']) {
    expect(text).toContain(`${name} ${ocppIdleSeconds + 60}s;`);
  }
});

test('nothing is cached or limited unless the service asks for it', () => {
  const text = renderNginx(machine({ services: [service({ cacheSeconds: 0, requestsPerSecond: 0 })] }));
  expect(text).not.toMatch(/proxy_cache|limit_req /);
});

test('nobody is believed about client certificates where no listener checks them', () => {
  expect(renderNginx(machine({ services: [ocpp] }))).toMatch(/\$certificate_checked {\n\s+default 0;\n\s+}/);
});

test('without known load balancers no forwarded header is believed', () => {
  const text = renderNginx(machine({ loadBalancerCidrs: [] }));
  expect(text).not.toContain('set_real_ip_from');
  expect(text).toMatch(/\$from_load_balancer {\n\s+default 0;\n\s+}/);
});

test.each(['\n', ';', '{', '}', '"', '$', ' ', '~.*', 'a b', ''])('refuses the host name %j', (part) => {
  const hostName = `${part}x;`;
  expect(() => renderNginx(machine({ services: [service({ hostNames: [hostName] })] }))).toThrow("'hostNames' must ");
});

test('says which host name it refuses, and what one looks like', () => {
  expect(() => renderNginx(machine({ services: [service({ hostNames: ['~.*'] })] }))).toThrow(
    `'hostNames' must be host names like api.example.com, got "~.*"`,
  );
});

test.each(['health', '/a b', '/a;', '/{', '/"', '/$uri', '/a\n'])(
  'refuses the health check path %j',
  (healthCheckPath) => {
    expect(() => renderNginx(machine({ services: [service({ healthCheckPath })] }))).toThrow("'healthCheckPath' must ");
  },
);

test.each(['10.20.0.0', '0.0.0.0/0; x', 'default', '10.0.0.0/8\n'])('refuses the network %j', (cidr) => {
  expect(() => renderNginx(machine({ loadBalancerCidrs: [cidr] }))).toThrow("'loadBalancerCidrs' must ");
});

/** Where NGINX keeps things, and how large it may grow. Tests run it elsewhere and smaller. */
export interface NginxLayout {
  /** Account of the workers; without it they keep the account that started NGINX. */
  readonly user?: string;
  readonly pidFile: string;
  readonly logFolder: string;
  /** Exists already; NGINX makes what it needs inside. */
  readonly dataFolder: string;
  /** Address that services listen on, with a colon behind it; empty for all addresses. */
  readonly address: string;
  /** Connections per worker. A held WebSocket is two of them: to the load balancer and to the service. */
  readonly workerConnections: number;
  /** File descriptors per worker: its connections, logs and cache files. */
  readonly openFiles: number;
}

/** Ubuntu's own folders. 30,000 sockets per worker are beyond what one machine should hold, and cost 28 MiB of memory. */
export const UBUNTU: NginxLayout = {
  user: 'www-data',
  pidFile: '/run/nginx.pid',
  logFolder: '/var/log/nginx',
  dataFolder: '/var/lib/nginx',
  address: '',
  workerConnections: 65_536,
  openFiles: 131_072,
};

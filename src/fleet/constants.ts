/** Port on which NGINX itself answers whether the machine is well; only the machine asks. */
export const MACHINE_HEALTH_PORT = 8080;
/** Ports of NGINX, one per service. Fixed for the presets, because another port would replace the target group. */
export const PRESET_PROXY_PORTS: Readonly<Record<string, number>> = {
  'back-office': 8081,
  api: 8082,
  ocpp: 8083,
  ocpi: 8084,
};
/** Other services get a port from here, chosen by their name. */
export const FIRST_GENERAL_PROXY_PORT = 8100;
export const GENERAL_PROXY_PORTS = 800;
/** Replicas listen on the loopback, below the ports that Linux hands out by itself. */
export const FIRST_REPLICA_PORT = 20_000;
export const MAX_REPLICAS = 8;

/** Port of the load balancer that answers 200 to the network load balancer's health checks. */
export const ENTRANCE_HEALTH_PORT = 8080;
/** Listeners for charge points stand at the endpoint's port plus this, clear of the web's 443. */
export const OCPP_LISTENER_OFFSET = 10_000;
export const LAST_ENDPOINT_PORT = 65_535 - OCPP_LISTENER_OFFSET;
/** What the load balancer waits longer than the machine takes to close its sockets. */
export const DRAIN_MARGIN_SECONDS = 60;

/** Tag by which IAM and AWS Backup know the machines of one fleet. Without a slash: instance metadata refuses such keys. */
export const FLEET_TAG = 'charging-platform:fleet';
export const METRIC_NAMESPACE = 'ChargingPlatform/Fleet';
/** WebSockets of charge points that one machine holds; its dimension is the Auto Scaling group. */
export const OCPP_CONNECTIONS_METRIC = 'OcppConnections';
/** Runs of jobs that ended with a failure; its dimension is the Auto Scaling group. */
export const FAILED_JOBS_METRIC = 'FailedJobs';
/** Fullest file system of a machine, percent; its dimension is the Auto Scaling group. */
export const DISK_USED_METRIC = 'DiskUsedPercent';

/** Names of the lifecycle hooks, which are the Auto Scaling group's own. */
export const LAUNCH_HOOK = 'launch';
export const TERMINATE_HOOK = 'terminate';

/** Key of the table of leases: one job at one time of its calendar. */
export const LEASE_KEY = 'lease';
export const LEASE_TTL = 'expires';

/** Which failure replaces a machine. */
export enum MachineHealth {
  /**
   * EC2's own checks, and the machine's report that NGINX, Docker or its disk is broken. A service that fails is an alarm and is
   * restarted by Docker; it takes no socket of another service down.
   */
  WHOLE_MACHINE = 'WHOLE_MACHINE',
  /**
   * Also the health check of any service. A bad version of the Back Office then replaces machine after machine and cuts the sockets of
   * all charge points each time; for fleets without charge points.
   */
  EVERY_SERVICE = 'EVERY_SERVICE',
}

/** Settings: what the library wrote, and what is known only at deployment. */
export const SETTINGS_FOLDER = '/etc/charging-platform';
/** Environment of services with their secrets, in memory. */
export const RUNTIME_FOLDER = '/run/charging-platform';
export const PROGRAM_FOLDER = '/usr/local/lib/charging-platform';
/** Regions, images, ARNs of secrets, names of tables and hooks. */
export const MACHINE_ENVIRONMENT = `${SETTINGS_FOLDER}/machine.env`;
export const COMPOSE_FILE = `${SETTINGS_FOLDER}/compose.yaml`;

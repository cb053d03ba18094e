/** Value of an environment variable that the construct sets; its absence is a fault of the deployment. */
export function requireEnv(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`environment variable ${name} is not set; the construct that defines this function sets it`);
  }
  return value;
}

/** The value of an environment variable that says which resource is the service's. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`Environment variable ${name} is not set. Set it to the name of the resource.`);
  return value;
}

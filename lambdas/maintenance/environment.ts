/**
 * A variable of the function's environment.
 * @throws Error that names it, when it is not set.
 */
export function required(environment: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
}

/**
 * A variable of a command has an invalid value. `message` is one line with the variable, the allowed values,
 * and the value.
 */
export class VariableError extends Error {
  override readonly name = 'VariableError';
}

export type Variables = Readonly<Record<string, string | undefined>>;

const got = (value: string | undefined) => `(got ${JSON.stringify(value ?? '')})`;

/**
 * Reads a switch such as `FORCE=1`: 1 is on; 0, empty and unset are off. Any other value is an error, so that
 * `LOCAL=yes` does not reach AWS and `FORCE=no` does not mean yes.
 *
 * @throws VariableError when the value is not 0, 1 or empty.
 */
export function readFlag(variables: Variables, name: string): boolean {
  const value = variables[name] ?? '';
  if (!['', '0', '1'].includes(value)) throw new VariableError(`${name} must be 1 or 0 ${got(value)}`);
  return value === '1';
}

/**
 * Reads a whole number. An empty value is an error, because `SEED=$UNSET` must not mean that `SEED` is not
 * set.
 *
 * @returns undefined when the variable is not set.
 * @throws VariableError when the value is not a whole number in the range.
 */
export function readWhole(
  variables: Variables,
  name: string,
  [least, most]: readonly [number, number],
): number | undefined {
  const text = variables[name];
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new VariableError(`${name} must be a whole number from ${least} to ${most} ${got(text)}`);
}

/**
 * Reads a TCP port. 0 means any free port.
 *
 * @throws VariableError when the value is not a port.
 */
export function readPort(variables: Variables, name: string, fallback: number): number {
  const text = variables[name];
  if (text === undefined || text === '') return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new VariableError(`${name} must be a port from 0 to 65535 ${got(text)}`);
}

/**
 * Reads a required variable.
 *
 * @param what describes the value, for the error message.
 * @param example is the command with the variable set.
 * @throws VariableError when the variable is not set or empty.
 */
export function readRequired(variables: Variables, name: string, what: string, example: string): string {
  const value = variables[name];
  if (!value) throw new VariableError(`${name} is not set: it must be ${what}, for example ${example}`);
  return value;
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
const stackName = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/**
 * Returns the name of the stack that a command works on: `STACK`, otherwise the stack of `STAGE`, otherwise
 * that of the development stage.
 *
 * @throws VariableError when the name is not a valid stack name.
 */
export function stackNameOf(variables: Variables): string {
  const name = variables['STACK'] || `UGC-${variables['STAGE'] || 'dev'}`;
  if (stackName.test(name)) return name;
  const variable = variables['STACK'] ? 'STACK' : 'STAGE';
  throw new VariableError(
    `${variable} must give a stack name of a letter and up to 127 letters, digits and hyphens ${got(name)}`,
  );
}

const region = /^[a-z]{2}(-[a-z]+)+-\d{1,2}$/;

/**
 * Reads `AWS_REGION`.
 *
 * @returns undefined when the variable is not set or empty.
 * @throws VariableError when the value does not have the form of a Region's name.
 */
export function readRegion(variables: Variables): string | undefined {
  const name = variables['AWS_REGION'] || undefined;
  if (name === undefined || region.test(name)) return name;
  throw new VariableError(`AWS_REGION must be the name of an AWS Region, such as us-west-2 ${got(name)}`);
}

/**
 * A command cannot do what the user requested. `message` is one line: what is wrong, where, and what to do.
 */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/**
 * Reads a required variable of a function's environment.
 *
 * @throws Error that names the variable when it is not set.
 */
export function requiredVariable(environment: Variables, name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
}

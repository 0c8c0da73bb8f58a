/**
 * A variable of a command has a value that cannot be used. `message` is one line with the variable, what it may be, and
 * the value.
 */
export class VariableError extends Error {
  override readonly name = 'VariableError';
}

export type Variables = Readonly<Record<string, string | undefined>>;

const got = (value: string | undefined) => `(got ${JSON.stringify(value ?? '')})`;

/**
 * Reads a switch, such as `FORCE=1`: 1 is on; 0, empty and not set are off. Anything else is an error: `LOCAL=yes` must
 * not reach AWS, and `FORCE=no` must not be a yes.
 *
 * @throws VariableError
 */
export function readFlag(variables: Variables, name: string): boolean {
  const value = variables[name] ?? '';
  if (!['', '0', '1'].includes(value)) throw new VariableError(`${name} must be 1 or 0 ${got(value)}`);
  return value === '1';
}

/**
 * Reads a whole number. An empty one is an error, as `SEED=$UNSET` must not be taken for no `SEED`.
 *
 * @returns undefined when it is not set
 * @throws VariableError
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
 * Reads a TCP port. 0 asks for any free one.
 * @throws VariableError
 */
export function readPort(variables: Variables, name: string, fallback: number): number {
  const text = variables[name];
  if (text === undefined || text === '') return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new VariableError(`${name} must be a port from 0 to 65535 ${got(text)}`);
}

/** Reads a variable that must be set. `example` is the command with it. @throws VariableError */
export function readRequired(variables: Variables, name: string, what: string, example: string): string {
  const value = variables[name];
  if (!value) throw new VariableError(`${name} is not set: it must be ${what}, for example ${example}`);
  return value;
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
const stackName = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/**
 * The stack that a command is about: `STACK`, else that of `STAGE`, else the development stage's.
 * @throws VariableError when no stack can have this name
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

/** @throws VariableError when no AWS Region can have the name that `AWS_REGION` has */
export function readRegion(variables: Variables): string | undefined {
  const name = variables['AWS_REGION'] || undefined;
  if (name === undefined || region.test(name)) return name;
  throw new VariableError(`AWS_REGION must be the name of an AWS Region, such as us-west-2 ${got(name)}`);
}

/** A command cannot do what it was asked. `message` is one line: what is wrong, where, and what to do about it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/**
 * A variable of a function's environment.
 * @throws Error that names it, when it is not set
 */
export function requiredVariable(environment: Variables, name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
}

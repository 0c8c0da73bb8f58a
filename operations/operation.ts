import type { Command } from '../seed/command.ts';

/** What an operator can do something about. `message` is one line that says what. */
export class OperationError extends Error {
  override readonly name = 'OperationError';
}

/** `command`, which says an OperationError in one line and then ends with exit code 1. */
export function operation(command: Command): Command {
  return async context => {
    try {
      return await command(context);
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      context.err(`error: ${error.message}`);
      return 1;
    }
  };
}

/**
 * Reads a switch, as `FORCE=1`. Anything but `1`, `0` and nothing is an error: a `FORCE=no` must not be a yes, and a
 * `DRY=true` must not be a no.
 */
export function isOn(environment: NodeJS.ProcessEnv, name: string): boolean {
  const value = environment[name] ?? '';
  if (!['', '0', '1'].includes(value))
    throw new OperationError(`${name} must be 1 or not set, not ${JSON.stringify(value)}`);
  return value === '1';
}

/** Reads a variable that must be set. */
export function given(environment: NodeJS.ProcessEnv, name: string, what: string): string {
  const value = environment[name];
  if (!value) throw new OperationError(`${name} is not set: ${what}`);
  return value;
}

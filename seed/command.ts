import { PortError } from '../model/localEndpoint.ts';
import { stackNameOf } from '../model/stackName.ts';
import { RowsLeftError } from '../store/batchWrite.ts';
import { StackError } from '../store/stackOutputs.ts';
import { SeedInputError } from './inputError.ts';

/** What a command is run with. `out` is for results, `err` for progress and faults; both take whole lines. */
export interface CommandContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Aborted when the user wants the command to stop. */
  readonly signal: AbortSignal;
}

/** Does its work and returns the exit code. */
export type Command = (context: CommandContext) => Promise<number>;

export const INTERRUPTED = 130;

/**
 * The line that runs `make <target>` again on the same stack, with what `variables` have in `environment`. It can be
 * pasted into a shell.
 */
export function commandLine(
  target: string,
  environment: Readonly<Record<string, string | undefined>>,
  variables: readonly string[],
): string {
  const stack = stackNameOf(environment);
  // The default need not be typed.
  const said: NodeJS.ProcessEnv = { ...environment, STACK: stack === stackNameOf({}) ? undefined : stack };
  const words = [...variables, 'STACK', 'LOCAL', 'AWS_PORT'].flatMap(name => {
    const value = said[name];
    return value === undefined || value === '' ? [] : [`${name}=${shellWord(value)}`];
  });
  return ['make', target, ...words].join(' ');
}

function shellWord(text: string): string {
  // make reads a dollar sign as the start of a variable, unless there are two.
  const quoted = text.replaceAll("'", "'\\''").replaceAll('$', '$$$$');
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${quoted}'`;
}

/** Runs `command` as the process's own: Ctrl-C stops it in order, a second one at once. */
export async function runProcess(command: Command): Promise<void> {
  // The SDK would otherwise warn of the Node version in the middle of the command's own lines.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  process.exitCode = await runCommand(command, {
    environment: process.env,
    out: line => process.stdout.write(`${line}\n`),
    err: line => process.stderr.write(`${line}\n`),
    signal: stop.signal,
  });
}

/** Runs `command` and says in one line what went wrong, if it is not a defect of the command's own. */
export async function runCommand(command: Command, context: CommandContext): Promise<number> {
  try {
    return await command(context);
  } catch (error) {
    context.err(
      error instanceof Error && isForUser(error)
        ? `error: ${oneLine(error.message)}`
        : String(details(error)),
    );
    return 1;
  }
}

const ownErrors = [SeedInputError, StackError, PortError, RowsLeftError];

// Errors of AWS, of finding credentials and of the network say what is wrong; a stack trace would hide it.
function isForUser(error: Error): boolean {
  return (
    ownErrors.some(kind => error instanceof kind) ||
    '$metadata' in error ||
    'syscall' in error ||
    error.name === 'CredentialsProviderError'
  );
}

function oneLine(message: string): string {
  return message.replace(/\s*\n\s*/g, ' ');
}

function details(error: unknown): unknown {
  return error instanceof Error ? error.stack : error;
}

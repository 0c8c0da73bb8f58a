import { CommandError, stackNameOf, VariableError } from '../model/variables.ts';
import { RowsLeftError } from '../store/batchWrite.ts';
import { awsFailure, fileFailure } from '../store/failures.ts';
import { StackError } from '../store/stackOutputs.ts';

/** What a command is run with. `out` is for results, `err` for progress and errors; both take whole lines. */
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

/** Runs `command` as the process's own: the first Ctrl-C or SIGTERM stops it in order, the second one at once. */
export async function runProcess(command: Command): Promise<void> {
  // The SDK would otherwise warn about the Node version between the command's own lines.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  // A reader such as `head` has closed the pipe: there is nobody to print to.
  process.stdout.on('error', error => {
    if (!('code' in error) || error.code !== 'EPIPE') throw error;
    process.exit();
  });
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  process.exitCode = await runCommand(command, {
    environment: process.env,
    out: line => process.stdout.write(`${line}\n`),
    err: line => process.stderr.write(`${line}\n`),
    signal: stop.signal,
  });
}

/** Runs `command`, and prints one line about what went wrong unless it is a defect of the program. */
export async function runCommand(command: Command, context: CommandContext): Promise<number> {
  try {
    return await command(context);
  } catch (error) {
    // Stopping cuts off what is under way, which then fails.
    if (context.signal.aborted) {
      context.err('interrupted');
      return INTERRUPTED;
    }
    const message = messageFor(error);
    context.err(message === undefined ? defect(error) : `error: ${message.replace(/\s*\n\s*/g, ' ')}`);
    return 1;
  }
}

const forUsers = [CommandError, StackError, VariableError, RowsLeftError];

function messageFor(error: unknown): string | undefined {
  if (error instanceof Error && forUsers.some(kind => error instanceof kind)) return error.message;
  const file = fileFailure(error);
  if (file === undefined) return awsFailure(error);
  const path =
    typeof error === 'object' && error !== null && 'path' in error ? `${String(error.path)}: ` : '';
  return `${path}${file}`;
}

function defect(error: unknown): string {
  const stack = error instanceof Error ? error.stack : undefined;
  return `error: this is a defect of the command, please report it: ${stack ?? String(error)}`;
}

const PROGRESS_MS = 2_000;

/** Says how far `work` is every two seconds, so that short work says nothing. */
export async function withProgress<T>(
  { err }: Pick<CommandContext, 'err'>,
  say: () => string,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(() => err(say()), PROGRESS_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

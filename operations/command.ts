import { CommandError, stackNameOf, VariableError } from '../model/variables.ts';
import { RowsLeftError } from '../store/batchWrite.ts';
import { awsFailure, fileFailure } from '../store/failures.ts';
import { StackError } from '../store/stackOutputs.ts';

/**
 * The input and output of a command. `out` prints a line of results, `err` a line of progress or an error.
 */
export interface CommandContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Aborted when the user wants the command to stop. */
  readonly signal: AbortSignal;
}

/** An operator's command. Resolves to the exit code of the process. */
export type Command = (context: CommandContext) => Promise<number>;

export const INTERRUPTED = 130;

/**
 * Returns the line that runs `make <target>` again on the same stack, with the values of `variables` from
 * `environment`. The line is quoted for a shell.
 */
export function commandLine(
  target: string,
  environment: Readonly<Record<string, string | undefined>>,
  variables: readonly string[],
): string {
  const stack = stackNameOf(environment);
  // The default stack name is omitted.
  const values: NodeJS.ProcessEnv = { ...environment, STACK: stack === stackNameOf({}) ? undefined : stack };
  const words = [...variables, 'STACK', 'LOCAL', 'AWS_PORT'].flatMap(name => {
    const value = values[name];
    return value === undefined || value === '' ? [] : [`${name}=${shellWord(value)}`];
  });
  return ['make', target, ...words].join(' ');
}

function shellWord(text: string): string {
  // make expands `$name`; `$$` is a literal dollar sign.
  const quoted = text.replaceAll("'", "'\\''").replaceAll('$', '$$$$');
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${quoted}'`;
}

/**
 * Runs `command` and sets the exit code of the process. The first Ctrl-C or SIGTERM aborts `signal`, the
 * second one ends the process.
 */
export async function runProcess(command: Command): Promise<void> {
  // The SDK would otherwise warn about the Node version between the command's own lines.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  // EPIPE: the reader of the pipe, for example `head`, has closed it.
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

/** Runs `command`. Prints an expected error as one line, and any other error with its stack trace. */
export async function runCommand(command: Command, context: CommandContext): Promise<number> {
  try {
    return await command(context);
  } catch (error) {
    // The abort makes requests fail that are still in progress.
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
  return `error: unexpected error, please report it as a bug: ${stack ?? String(error)}`;
}

const PROGRESS_MS = 2_000;

/** Prints the progress of `work` every two seconds. Work that takes less than two seconds prints nothing. */
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

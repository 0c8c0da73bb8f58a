import type { Log } from '../model/log.ts';

/** Returns a log that prints each entry as one line: the message, then the attributes as JSON. */
export function terminalLog(say: (line: string) => void): Log {
  const write = (message: string, attributes: Record<string, unknown>) =>
    say(
      `  ${message}: ${JSON.stringify(attributes, (_, value) => (value instanceof Error ? errorLine(value) : value))}`,
    );
  return { info: write, warn: write, error: write };
}

/** Returns the name and the message of an error as one line. */
export function errorLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replace(/\s*\n\s*/g, ' ');
}

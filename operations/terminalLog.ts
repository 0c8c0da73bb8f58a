import type { Log } from '../model/log.ts';

/** A log whose entries are lines on the terminal: the message, and its attributes as JSON. */
export function terminalLog(say: (line: string) => void): Log {
  const tell = (message: string, attributes: Record<string, unknown>) =>
    say(
      `  ${message}: ${JSON.stringify(attributes, (_, value) => (value instanceof Error ? errorLine(value) : value))}`,
    );
  return { info: tell, warn: tell, error: tell };
}

/** The name and the message of an error in one line. */
export function errorLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replace(/\s*\n\s*/g, ' ');
}

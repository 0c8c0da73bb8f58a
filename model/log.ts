/**
 * Writes log lines: a constant sentence, and the varying values as attributes. Powertools' Logger implements
 * it.
 */
export interface Log {
  info(message: string, attributes: Record<string, unknown>): void;
  warn(message: string, attributes: Record<string, unknown>): void;
  error(message: string, attributes: Record<string, unknown>): void;
}

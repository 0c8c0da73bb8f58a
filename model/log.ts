/** Where log lines go: a sentence that stays the same, and what varies as attributes. Powertools' Logger is one. */
export interface Log {
  info(message: string, attributes: Record<string, unknown>): void;
  warn(message: string, attributes: Record<string, unknown>): void;
  error(message: string, attributes: Record<string, unknown>): void;
}

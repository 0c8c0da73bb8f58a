/** Where log lines go; Powertools' Logger is one. */
export interface Log {
  info(message: string, attributes: Record<string, unknown>): void;
  error(message: string, attributes: Record<string, unknown>): void;
}

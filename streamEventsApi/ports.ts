/** Where log lines go; Powertools' Logger is one. */
export interface Log {
  info(message: string, attributes: Record<string, unknown>): void;
  warn(message: string, attributes: Record<string, unknown>): void;
  error(message: string, attributes: Record<string, unknown>): void;
}

/** Counts what happened, for alarms and graphs. */
export type Count = (name: CountedName) => void;

export type CountedName = 'AccountLimitBreached' | 'EventDropped' | 'FoldConflict';

export type Clock = () => Date;

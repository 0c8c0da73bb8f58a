/** Where log lines go; Powertools' Logger is one. */
export interface Log {
  info(message: string, attributes: Record<string, unknown>): void;
  warn(message: string, attributes: Record<string, unknown>): void;
  error(message: string, attributes: Record<string, unknown>): void;
}

/** Counts what happened, for alarms and graphs. */
export type Count = (name: CountedName, by?: number) => void;

export type CountedName =
  /** A limit of the whole account was breached. */
  | 'AccountLimitBreached'
  /** An event was malformed, or of a channel or stage that is not ours. */
  | 'EventDropped'
  /** Another writer was faster, and an event was folded again. */
  | 'FoldConflict'
  /** The reconciler repaired a session. */
  | 'SessionReconciled';

export type Clock = () => Date;

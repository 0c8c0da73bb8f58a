import type { DropReason, MetricName } from '../model/metrics.ts';

/** Where log lines go; Powertools' Logger is one. */
export interface Log {
  info(message: string, attributes: Record<string, unknown>): void;
  warn(message: string, attributes: Record<string, unknown>): void;
  error(message: string, attributes: Record<string, unknown>): void;
}

/** Adds to a metric, for alarms and graphs: one, unless `by` says otherwise. A drop is counted under its reason too. */
export type Count = (name: MetricName, by?: number, reason?: DropReason) => void;

export type Clock = () => Date;

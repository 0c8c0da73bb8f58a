/**
 * The metrics that this project publishes itself. Their namespace is the stack's name, and each has the dimension
 * `service`, the name of the function that published it.
 */
export const SERVICE_DIMENSION = 'service';

/** A second dimension of `EventDropped`, beside the metric over all reasons. */
export const REASON_DIMENSION = 'reason';

/** Why an event is dropped. Few and fixed: each value of a dimension is a metric of its own, and is paid for. */
export const dropReasons = [
  'malformed',
  'fromTheFuture',
  'unknownChannel',
  'unknownStage',
  'unknownName',
  'noOpenSession',
] as const;
export type DropReason = (typeof dropReasons)[number];

/**
 * The `reason` of the API's log lines that say that a quota of IVS is used up. A metric filter counts the lines, so that
 * the API's functions and the container need not carry what publishes metrics.
 */
export const IVS_QUOTA = 'ivs-quota';

/**
 * The `reason` of moderateChat's log lines that say that a message was refused because its room's rules could not be read.
 * The refusal is an answer like any other, so it is in no metric of Lambda.
 */
export const REVIEW_RULES_UNREAD = 'review-rules-unread';

export interface MetricSpec {
  /** The functions that publish it, by the names of `functionSpecs`. */
  readonly services: readonly string[];
  /** How its values of a period are taken together. */
  readonly statistic: 'Sum' | 'Maximum';
  /** What it counts. */
  readonly says: string;
}

/** Every metric by its name. Alarms and the dashboard are made from this, and so is what code may count. */
export const metrics = {
  EventHandled: {
    services: ['postStreamEvents'],
    statistic: 'Sum',
    says: 'events that were done with: folded, duplicate, dropped, or of the whole account',
  },
  EventFolded: {
    services: ['postStreamEvents'],
    statistic: 'Sum',
    says: 'events that changed what is known of a session or a stage',
  },
  EventDuplicate: {
    services: ['postStreamEvents'],
    statistic: 'Sum',
    says: 'events that had been seen before',
  },
  EventDropped: {
    services: ['postStreamEvents'],
    statistic: 'Sum',
    says: 'events that can never be handled: malformed, from the future, or of a channel or stage that is not ours',
  },
  AccountLimitBreached: {
    services: ['postStreamEvents'],
    statistic: 'Sum',
    says: 'breaches of a limit of the whole account',
  },
  FoldConflict: {
    services: ['postStreamEvents', 'reconcile'],
    statistic: 'Sum',
    says: 'folds that were done again, because another writer was faster',
  },
  SessionReconciled: {
    services: ['reconcile'],
    statistic: 'Sum',
    says: 'sessions that the reconciler opened or closed, as their events never came',
  },
  /** A gauge: published by every run that read IVS's list to its end, also when it is 0. */
  StaleOpenSessions: {
    services: ['reconcile'],
    statistic: 'Maximum',
    says: 'sessions that IVS does not stream and that a run could not close: channels shown live that are not',
  },
} as const satisfies Record<string, MetricSpec>;
export type MetricName = keyof typeof metrics;

export const metricNames: readonly MetricName[] = Object.keys(metrics) as MetricName[];

/** Adds to a metric: one, unless `by` says otherwise. A dropped event is also counted by its reason. */
export type Count = (name: MetricName, by?: number, reason?: DropReason) => void;
